/** One time that clocks can show, as it is named and as it is kept (a name of the IANA time zone database). */
export interface ZoneChoice {
  value: string;
  label: string;
}

/** Where the names of summer and winter time differ, both: 北美山区标准时间 alone would be Denver's and that of Phoenix. */
export function zoneName(zone: string, locale: string, year: number): string {
  const format = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'long' });
  const names = [0, 6].map((month) => {
    const parts = format.formatToParts(new Date(Date.UTC(year, month, 1)));
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
  });
  return [...new Set(names)].join(' / ');
}

/**
 * Every time once, by name: of zones whose clocks show the same, as those of Shanghai and Macau do, people choose none.
 * @param kept the zones that stand for their time, if there are several.
 */
export function zoneChoices(locale: string, kept: readonly string[], year: number): ZoneChoice[] {
  const zones = new Set([...kept, ...Intl.supportedValuesOf('timeZone')]);
  const choices = new Map<string, ZoneChoice>();
  for (const value of zones) {
    const label = zoneName(value, locale, year);
    if (!choices.has(label)) choices.set(label, { value, label });
  }
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return [...choices.values()].sort((a, b) => compare(a.label, b.label));
}
