const encodings = ['latin1', 'utf16le', 'utf16be'] as const;

function encoded(text: string, encoding: (typeof encodings)[number]): Buffer {
  return encoding === 'utf16be' ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, encoding);
}

const entity = encodings.map((encoding) => encoded('<!ENTITY', encoding));
const documentType = encodings.map((encoding) => encoded('<!DOCTYPE', encoding));
const LONGEST = Math.max(...[...entity, ...documentType].map(({ length }) => length));

/** Looks through markup piece by piece for what makes a parser fetch files or multiply text (XXE, billion laughs). */
export function createDeclarationScan() {
  let rest = Buffer.alloc(0);
  const found = { entity: false, documentType: false };
  return {
    found,
    add(chunk: Buffer): void {
      // What is looked for may lie across two pieces.
      const whole = Buffer.concat([rest, chunk]);
      found.entity ||= entity.some((one) => whole.includes(one));
      found.documentType ||= documentType.some((one) => whole.includes(one));
      rest = whole.subarray(Math.max(0, whole.length - LONGEST + 1));
    },
  };
}
