const systems = [
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux|X11/, 'Linux'],
] as const;
// Those that call themselves Chrome or Safari as well come first.
const browsers = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;

const named = (agent: string, table: readonly (readonly [RegExp, string])[]): string[] =>
  table
    .filter(([sign]) => sign.test(agent))
    .slice(0, 1)
    .map(([, name]) => name);

/** What people call a browser and its system, of a User-Agent: Chrome · Windows. Empty when it is neither. */
export function browserWords(agent: string): string {
  return [...named(agent, browsers), ...named(agent, systems)].join(' · ');
}
