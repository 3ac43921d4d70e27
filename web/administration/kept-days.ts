/** The bounds of the server, which refuses what lies beyond; a test holds them against each other. */
export const [leastKeptDays, mostKeptDays] = [30, 3650];

/** Days as people type them; null for nothing, which is for ever, and undefined for what is no number of days. */
export function readKeptDays(text: string): number | null | undefined {
  const typed = text.normalize('NFKC').trim();
  if (typed === '') return null;
  if (!/^\d{1,5}$/.test(typed)) return undefined;
  const days = Number(typed);
  return days >= leastKeptDays && days <= mostKeptDays ? days : undefined;
}
