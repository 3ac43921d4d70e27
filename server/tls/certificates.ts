import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { StartError } from '../embedded/start-error.ts';
import type { KeyedCertificate } from './authority.ts';
import { readCertificate, writeCertificate } from './certificate-store.ts';
import { nameType, serverNames } from './names.ts';

/** A certificate is replaced this long before it ends. */
const renewalMs = 30 * 24 * 60 * 60 * 1000;

export interface TlsOptions {
  /** The authority and its certificate live in DATA_DIR/tls. */
  dataDir: string;
  /** PEM files of a certificate (with its chain) and of its key; with them no local authority is used. */
  certificateFile?: string | undefined;
  privateKeyFile?: string | undefined;
  /** Further host names, addresses or origins under which the server is reached. */
  names: readonly (string | undefined)[];
  /** Milliseconds since 1970. */
  now?: number;
}

export interface ServerTls {
  /** PEM, for `https.createServer` and `server.setSecureContext`. */
  cert: string;
  key: string;
  /** Root certificate (PEM) that devices have to trust; null when the certificate was given by files. */
  authority: string | null;
}

/**
 * The certificate of this server: the given one, or one of its own local authority, which is made at the first start.
 * Own certificates are renewed here when they are about to end or miss a name. A server may run for longer than a
 * certificate: call it again (daily) and set the new context.
 * @throws StartError when given files cannot be read or do not fit each other.
 */
export async function loadServerTls(options: TlsOptions): Promise<ServerTls> {
  const { certificateFile, privateKeyFile, dataDir, names, now = Date.now() } = options;
  if (certificateFile !== undefined && privateKeyFile !== undefined) return loadGiven(certificateFile, privateKeyFile);

  const authority = await loadAuthority(join(dataDir, 'tls/authority.pem'), now);
  const leafPath = join(dataDir, 'tls/server.pem');
  const wanted = serverNames(names);
  let leaf = await readCertificate(leafPath);
  if (leaf === undefined || isDue(leaf, authority, wanted, now)) {
    const { issueCertificate } = await authorityTools();
    leaf = await issueCertificate(authority, wanted, now);
    await writeCertificate(leafPath, leaf);
  }
  return describe(leaf, authority.certificate);
}

/** Loaded when something has to be signed, once in a year or so: they take a tenth of a second of each start. */
const authorityTools = () => import('./authority.ts');

/** A root that has ended is replaced too; devices then have to trust the new one. */
async function loadAuthority(path: string, now: number): Promise<KeyedCertificate> {
  const kept = await readCertificate(path);
  if (kept !== undefined && endOf(kept.certificate) - now > renewalMs) return kept;
  const { createAuthority } = await authorityTools();
  const made = await createAuthority('Tongke', now);
  await writeCertificate(path, made);
  return made;
}

async function loadGiven(certificateFile: string, privateKeyFile: string): Promise<ServerTls> {
  try {
    const certificate = await readFile(certificateFile, 'utf8');
    const privateKey = await readFile(privateKeyFile, 'utf8');
    createSecureContext({ cert: certificate, key: privateKey });
    return describe({ certificate, privateKey }, null);
  } catch (cause) {
    throw new StartError(
      `TLS_CERT (${certificateFile}) and TLS_KEY (${privateKeyFile}) cannot be used: ${(cause as Error).message}`,
      'Give a PEM certificate with its chain, and the unencrypted PEM key that belongs to it.',
      { cause },
    );
  }
}

function describe({ certificate, privateKey }: KeyedCertificate, authority: string | null): ServerTls {
  return { cert: certificate, key: privateKey, authority };
}

function isDue(leaf: KeyedCertificate, authority: KeyedCertificate, wanted: readonly string[], now: number): boolean {
  const certificate = new X509Certificate(leaf.certificate);
  if (!certificate.verify(new X509Certificate(authority.certificate).publicKey)) return true;
  if (endOf(leaf.certificate) - now < renewalMs) return true;
  return wanted.some((name) =>
    nameType(name) === 'ip' ? certificate.checkIP(name) === undefined : certificate.checkHost(name) === undefined,
  );
}

function endOf(certificate: string): number {
  return new X509Certificate(certificate).validToDate.getTime();
}
