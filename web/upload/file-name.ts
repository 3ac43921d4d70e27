const longest = 200;

/**
 * The name under which a file is sent. Other systems allow characters that a teacher's Windows machine cannot store and
 * that the server therefore refuses; they are replaced here, so that nobody has to rename a file first.
 */
export function storableName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .replaceAll(/[/\\:*?"<>|]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  if (plain === '') return 'file';
  const characters = [...plain];
  if (characters.length <= longest) return plain;
  const extension = /\.[^.]{1,16}$/.exec(plain)?.[0] ?? '';
  return characters.slice(0, longest - extension.length).join('') + extension;
}
