/** Settings of this browser. Where storage is forbidden (private windows, kiosk policies) they last as long as the page. */
export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(`tongke.${name}`);
  } catch {
    return null;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`tongke.${name}`, value);
  } catch {
    // Nothing is lost but the memory of a preference.
  }
}
