const GB = 1024 ** 3;
const most = Math.floor(Number.MAX_SAFE_INTEGER / GB);

/** GB as people type them; null for nothing, which is no limit, and undefined for what is no size. */
export function readQuota(text: string): number | null | undefined {
  const typed = text.normalize('NFKC').trim();
  if (typed === '') return null;
  if (!/^\d+(?:\.\d+)?$/.test(typed)) return undefined;
  const bytes = Math.round(Number(typed) * GB);
  return bytes > 0 && bytes <= most * GB ? bytes : undefined;
}

export function writeQuota(bytes: number | null): string {
  return bytes === null ? '' : String(Number((bytes / GB).toFixed(3)));
}
