/** As `name_order` of the database orders names. */
const { compare } = new Intl.Collator('zh-u-co-pinyin', { numeric: true });

/**
 * Paths as readers look for them, by pinyin and with 2 before 10. Folder by folder: what lies in one stands together, also
 * beside a folder whose name differs in nothing but its case.
 */
export function comparePaths(one: string, other: string): number {
  const others = other.split('/');
  for (const [depth, part] of one.split('/').entries()) {
    const opposite = others[depth];
    if (opposite === undefined) return 1;
    if (part !== opposite) return compare(part, opposite) || (part < opposite ? -1 : 1);
  }
  return -1;
}
