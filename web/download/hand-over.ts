/** As long as somebody may take to answer whether this page may save files. */
const keptMs = 10 * 60_000;

/** The browser saves it as it saves every download: in its folder, or where it asks for. */
export function handOver(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  follow(address, name);
  setTimeout(() => URL.revokeObjectURL(address), keptMs);
}

/** The browser's own download, which knows no way to go on where a line was cut. @param name empty: as the server says */
export function follow(address: string, name = ''): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
