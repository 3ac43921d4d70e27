import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeyedCertificate } from './authority.ts';

const certificatePattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;
const keyPattern = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/;

/** Certificate and key stand in one file, so that they cannot come apart. */
export async function readCertificate(path: string): Promise<KeyedCertificate | undefined> {
  try {
    const pem = await readFile(path, 'utf8');
    const certificate = certificatePattern.exec(pem)?.[0];
    const privateKey = keyPattern.exec(pem)?.[0];
    return certificate === undefined || privateKey === undefined ? undefined : { certificate, privateKey };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Readable by the server alone; a reader sees the old file or the new one, never a part. */
export async function writeCertificate(path: string, { certificate, privateKey }: KeyedCertificate): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${certificate}\n${privateKey}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
