/** A day of the calendar as date fields have it, `2026-09-01`. */
export function dayOf(date: Date): string {
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${date.getFullYear()}-${month}-${day}`;
}

/**
 * The moments between which days lie, on the clock of whoever asks: from the beginning of the first to the end of the last.
 * What is empty or not yet typed whole bounds nothing.
 */
export function momentsOf(from: string, to: string): { from?: string; to?: string } {
  const at = (day: string, later: number) => {
    const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)?.slice(1).map(Number);
    const [year = 0, month = 1, date = 1] = parts ?? [];
    return parts && new Date(year, month - 1, date + later).toISOString();
  };
  const [begin, end] = [at(from, 0), at(to, 1)];
  return { ...(begin && { from: begin }), ...(end && { to: end }) };
}
