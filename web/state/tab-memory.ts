/** What this tab remembers over a reload. Where storage is forbidden (kiosk policies) it remembers nothing. */
export function recall(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(`tongke.${name}`) ?? 'null');
  } catch {
    return null;
  }
}

/** `null` forgets it. */
export function remember(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(`tongke.${name}`);
    else sessionStorage.setItem(`tongke.${name}`, JSON.stringify(value));
  } catch {
    // Nothing is lost but what a reload would have brought back.
  }
}
