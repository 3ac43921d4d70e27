/** Writes a PDF of these objects, numbered from 1 on; the first is the catalog. */
export function writePdf(objects: readonly (string | Buffer)[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\u00e4\u00f6\n', 'latin1')];
  let at = parts[0]?.length ?? 0;
  const offsets: number[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(at);
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]);
    parts.push(part);
    at += part.length;
  }
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  const end = `trailer\n<</Size ${objects.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(table + end)]);
}

/** A stream object with its dictionary. */
export function stream(dictionary: string, content: Uint8Array | string): Buffer {
  const data = Buffer.from(content);
  return Buffer.concat([
    Buffer.from(`<<${dictionary}/Length ${data.length}>>\nstream\n`),
    data,
    Buffer.from('\nendstream'),
  ]);
}

export const font = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>';

/** Pages of one size, all with the same content (object 3) and resources (object 4). */
export function pages(count: number, content: Buffer, resources: string, size = '0 0 595 842', more = ''): string[] {
  const kids = Array.from({ length: count }, (_, n) => `${n + 5} 0 R`).join(' ');
  return [
    `<</Type/Catalog/Pages 2 0 R${more}>>`,
    `<</Type/Pages/Count ${count}/Kids[${kids}]>>`,
    content.toString('latin1'),
    resources,
    ...Array.from(
      { length: count },
      () => `<</Type/Page/Parent 2 0 R/MediaBox[${size}]/Contents 3 0 R/Resources 4 0 R>>`,
    ),
  ];
}
