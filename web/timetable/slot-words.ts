import { useFormat } from '../format/format.ts';

export interface ToldSlot {
  start: string;
  end: string;
  period: string | null;
}

/** A time on the timetable in words: 9月7日周一 第3节 10:00. With `day`, that day is not named again. */
export function useSlotWords(): (slot: ToldSlot, sameDayAs?: string) => string {
  const format = useFormat();
  const dayOf = format.schoolDay;
  return (slot, sameDayAs) => {
    const day = sameDayAs !== undefined && dayOf(sameDayAs) === dayOf(slot.start) ? null : dayOf(slot.start);
    return [day, slot.period, format.time(slot.start)].filter(Boolean).join(' ');
  };
}
