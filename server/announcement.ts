import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Announcement {
  /** Where this machine reaches the server, such as `http://localhost:8080`. */
  address: string;
  /** Where others reach it, with encryption. */
  secureAddresses: readonly string[];
  /** Null once there is an administrator. */
  setUpToken: string | null;
  dataDir: string;
  parts: readonly (readonly [name: string, what: string])[];
  /** What is missing, in sentences. */
  degraded: readonly string[];
}

/** One block for the console: address, who can sign in, where the data lies, what is missing. */
export function announce(facts: Announcement): string {
  const rows: [string, string][] = [
    ['Address', facts.address],
    ...facts.secureAddresses.map((address, index): [string, string] => [index === 0 ? 'In the network' : '', address]),
    [
      'Sign in',
      facts.setUpToken === null
        ? 'with the accounts of this installation'
        : `nobody yet: make the first administrator at\n${facts.address}/setup#${facts.setUpToken}`,
    ],
    ['Data', facts.dataDir],
    ...facts.parts.map(([name, what]): [string, string] => [name, what]),
    ['Missing', facts.degraded.length === 0 ? 'nothing' : facts.degraded.join('\n')],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(
    ([name, text]) => `  ${name.padEnd(width)}${text.replaceAll('\n', `\n  ${' '.repeat(width)}`)}`,
  );
  const rule = '─'.repeat(72);
  return `\n${rule}\n  Tongke 同课 is ready\n\n${lines.join('\n')}\n${rule}\n`;
}

/**
 * Leaves the address and the one-time token in DATA_DIR/running.json, readable by the server's user alone, for programs
 * that work with a server they started. It appears whole, and when the server is ready.
 */
export async function writeRunningFile({ dataDir, address, setUpToken }: Announcement): Promise<void> {
  const draft = join(dataDir, 'running.json.draft');
  await writeFile(draft, JSON.stringify({ address, setUpToken, pid: process.pid }), { mode: 0o600 });
  await rename(draft, join(dataDir, 'running.json'));
}
