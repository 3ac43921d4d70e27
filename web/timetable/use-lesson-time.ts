import { computed, type Ref, ref, watch } from 'vue';
import { useRoute } from 'vue-router';
import { listTerms, readBellTimes } from '../api/timetable.ts';
import type { BellTimesAnswer, ClassSession, Repetition, Scope, TermList } from '../api/types.ts';
import { dayValue, timeValue } from '../classroom/week.ts';
import { useText } from '../locales/text.ts';
import { useLoad } from '../state/load.ts';
import { usePreview } from './use-preview.ts';
import { clockTimes, countOf, periodsOn, repetitionOf, type WhenChoice, whenOf } from './when.ts';

export interface LessonTimeOptions {
  /** The one that is being changed. */
  session: ClassSession | null;
  /** What was chosen earlier and not saved. */
  left: WhenChoice | null;
  /** The form has been sent once: what is missing is told from then on. */
  tried: Ref<boolean>;
  ids(): { allianceId: string; presenterId: string; roomIds: readonly string[]; scope: Scope };
}

const lessonMs = 40 * 60_000;
const stepMs = 5 * 60_000;

/** The time of a lesson while its form is filled in: by the bells of the presenter's school, and with what stands in its way. */
export function useLessonTime({ session, left, tried, ids }: LessonTimeOptions) {
  const { t } = useText();
  /** Of an empty place of the timetable that was pressed. */
  const { day: askedDay, period: askedPeriod } = useRoute().query;
  const soon = new Date(Math.ceil((Date.now() + stepMs) / stepMs) * stepMs);
  const start = session ? new Date(session.scheduledStart) : soon;
  const end = session ? new Date(session.scheduledEnd) : new Date(soon.getTime() + lessonMs);
  const fresh: WhenChoice = {
    mode: 'clock',
    day: !session && typeof askedDay === 'string' ? askedDay : dayValue(start),
    period: '',
    start: timeValue(start),
    end: timeValue(end),
    slots: [],
    weeks: 'all',
    until: 'term',
    count: '10',
    untilDay: '',
  };
  // Whoever pressed an empty place of the timetable means that time.
  const isLeft = left !== null && askedDay === undefined;
  const when = ref<WhenChoice>(isLeft ? left : fresh);
  const skip = ref<string[]>([]);
  const schoolId = ref(session?.school.id ?? '');
  const bells = useLoad<BellTimesAnswer | null>(
    (signal) => (schoolId.value ? readBellTimes(schoolId.value, signal) : Promise.resolve(null)),
    schoolId,
  );
  const terms = useLoad<TermList | null>(
    (signal) => (ids().allianceId ? listTerms(ids().allianceId, signal) : Promise.resolve(null)),
    () => ids().allianceId,
  );
  const schedules = computed(() => bells.data.value?.schedules ?? []);
  const hasTerm = computed(() => terms.data.value?.items.some(({ lastDay }) => lastDay >= when.value.day) ?? false);

  /** Periods come first where there are any, until somebody chooses otherwise. */
  let isBegun = isLeft;
  watch(schedules, (known, before) => {
    // Nobody is to teach yet whose bells there could be.
    if (bells.data.value === null && before.length === 0) return;
    const choice = when.value;
    const byPeriod = known.length > 0;
    choice.slots = choice.slots.filter((slot) => slot.includes('-') === byPeriod);
    if (!byPeriod) {
      if (choice.mode === 'period') choice.mode = 'clock';
      return;
    }
    if (isBegun) return;
    isBegun = true;
    // Who was quicker than the bells has chosen already.
    if (choice.mode !== 'clock') return;
    if (!session) {
      choice.mode = 'period';
      if (typeof askedPeriod === 'string') choice.period = askedPeriod;
      return;
    }
    const index = periodsOn(known, choice.day).findIndex(({ label }) => label === session.period);
    if (index < 0) return;
    choice.mode = 'period';
    choice.period = String(index + 1);
  });
  watch(terms.data, () => {
    if (!terms.data.value || hasTerm.value) return;
    when.value.weeks = 'all';
    if (when.value.until === 'term') when.value.until = 'count';
  });

  const weekly = computed(() => when.value.mode === 'weekly');
  /** Fields of minutes would move a lesson that begins within one, although nobody touched them. */
  const clock = computed(() => {
    const { day, start: from, end: to } = when.value;
    const isAsWas = day === dayValue(start) && from === timeValue(start) && to === timeValue(end);
    return session && isAsWas ? { start, end } : clockTimes(when.value);
  });
  const asked = computed(() => whenOf(when.value, clock.value));
  watch(asked, () => {
    skip.value = [];
  });
  const looked = usePreview(() => {
    const { allianceId, presenterId, roomIds, scope } = ids();
    if (!asked.value || !presenterId || !allianceId) return null;
    const changing = session ? { changing: { id: session.id, scope } } : {};
    return { allianceId, presenterId, roomIds: [...roomIds], when: asked.value, ...changing };
  });

  /** What a repetition cannot be made of is found while it is chosen. */
  const wrongRepetition = computed(() => {
    const fault = looked.error.value?.problem?.errors?.[0];
    if (fault?.path === 'when.until') return t(hasTerm.value ? 'timetable.when.tooMany' : 'timetable.when.noTerm');
    if (fault?.path === 'when.weeks') return t('timetable.when.noTerm');
    if (fault?.path !== 'when.slots') return undefined;
    return t(fault.message.startsWith('overlap') ? 'timetable.when.slotsOverlap' : 'timetable.when.nothing');
  });
  const missing = computed(() => {
    const { mode, slots, until, count } = when.value;
    const noStart = mode === 'clock' && Number.isNaN(clock.value.start.getTime());
    const noEnd = mode === 'clock' && !(clock.value.end > clock.value.start);
    const noCount = mode === 'weekly' && until === 'count' && countOf(count) === null;
    return {
      start: noStart ? t('classroom.form.startWrong') : undefined,
      end: noEnd ? t('classroom.form.endBeforeStart') : undefined,
      period: mode === 'period' && !asked.value ? t('timetable.when.choosePeriod') : undefined,
      slots: mode === 'weekly' && slots.length === 0 ? t('timetable.when.slotsNeeded') : undefined,
      count: noCount ? t('timetable.when.countWrong') : undefined,
    };
  });
  const faults = computed(() => {
    const told: Partial<typeof missing.value> = tried.value ? missing.value : {};
    return { ...told, slots: told.slots ?? wrongRepetition.value };
  });
  const occurrences = computed(() => looked.preview.value?.occurrences ?? []);

  return {
    when,
    weekly,
    skip,
    schoolId,
    schedules,
    hasTerm,
    asked,
    preview: looked.preview,
    pending: looked.pending,
    error: computed(() => bells.error.value ?? terms.error.value),
    faults,
    complete: computed(() => asked.value !== null && wrongRepetition.value === undefined),
    /** How many lessons it will be. */
    lessons: computed(() => occurrences.value.filter((one) => !skip.value.includes(one.start)).length),
    /** Whether the lesson that is changed goes elsewhere: changing only its title moves nothing. */
    isMoved: computed(
      () => occurrences.value.length > 0 && occurrences.value.every((one) => one.start !== session?.scheduledStart),
    ),
    repetition: (): Repetition | null => (weekly.value ? repetitionOf(when.value) : null),
    time() {
      const { mode, day, period } = when.value;
      if (mode === 'period') return { at: { day, period: Number(period) } };
      return { scheduledStart: clock.value.start.toISOString(), scheduledEnd: clock.value.end.toISOString() };
    },
  };
}
