import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadServerTls, type ServerTls } from '../../server/tls/certificates.ts';

const day = 24 * 60 * 60 * 1000;
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tls-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Connects to a server that uses the certificate, and gives what went wrong or undefined. */
async function handshake(tls: ServerTls, options: ConnectionOptions): Promise<string | undefined> {
  const server = createServer({ cert: tls.cert, key: tls.key }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...options });
  try {
    await once(socket, 'secureConnect');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    socket.destroy();
    server.close();
  }
}

describe('the local authority', () => {
  it('signs a certificate that its root verifies, for addresses and names', async () => {
    const tls = await loadServerTls({ dataDir, names: ['https://tongke.example.edu.cn:8443', '10.1.2.3', undefined] });
    const ca = tls.authority ?? '';
    expect(await handshake(tls, { ca })).toBeUndefined();
    expect(await handshake(tls, { ca, servername: 'localhost' })).toBeUndefined();
    expect(await handshake(tls, { ca, servername: 'tongke.example.edu.cn' })).toBeUndefined();
    expect(await handshake(tls, { ca, servername: 'other.example.edu.cn' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(new X509Certificate(tls.cert).checkIP('10.1.2.3')).toBe('10.1.2.3');
  });

  it('is not trusted by anybody who was not given its root', async () => {
    const tls = await loadServerTls({ dataDir, names: [] });
    expect(await handshake(tls, {})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('makes a root for ten years and a leaf that browsers accept', async () => {
    const tls = await loadServerTls({ dataDir, names: [] });
    const root = new X509Certificate(tls.authority ?? '');
    const leaf = new X509Certificate(tls.cert);
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect((leaf.validToDate.getTime() - leaf.validFromDate.getTime()) / day).toBeLessThanOrEqual(397);
    expect((root.validToDate.getTime() - Date.now()) / day).toBeGreaterThan(3600);
  });

  it('keeps its certificate over restarts, readable by the server alone', async () => {
    const first = await loadServerTls({ dataDir, names: ['10.1.2.3'] });
    const second = await loadServerTls({ dataDir, names: ['10.1.2.3'] });
    expect(second).toEqual(first);
    for (const name of ['authority.pem', 'server.pem']) {
      expect((await stat(join(dataDir, 'tls', name))).mode & 0o777).toBe(0o600);
    }
  });

  it('renews the certificate for a new name and before its end, with the same root', async () => {
    const first = await loadServerTls({ dataDir, names: [] });
    const renamed = await loadServerTls({ dataDir, names: ['school.example'] });
    expect(renamed.cert).not.toBe(first.cert);
    expect(renamed.authority).toBe(first.authority);
    expect(new X509Certificate(renamed.cert).checkHost('school.example')).toBe('school.example');

    const later = await loadServerTls({ dataDir, names: ['school.example'], now: Date.now() + 370 * day });
    expect(new X509Certificate(later.cert).validToDate.getTime()).toBeGreaterThan(
      new X509Certificate(renamed.cert).validToDate.getTime(),
    );
    expect(later.authority).toBe(first.authority);
  });

  it('starts anew after its file was damaged', async () => {
    const first = await loadServerTls({ dataDir, names: [] });
    await writeFile(join(dataDir, 'tls/authority.pem'), 'cut off');
    const second = await loadServerTls({ dataDir, names: [] });
    expect(second.authority).not.toBe(first.authority);
    expect(await handshake(second, { ca: second.authority ?? '' })).toBeUndefined();
  });
});

describe('given files', () => {
  it('are used as they are', async () => {
    const own = await loadServerTls({ dataDir, names: [] });
    const certificateFile = join(dataDir, 'given.crt');
    const privateKeyFile = join(dataDir, 'given.key');
    await writeFile(certificateFile, own.cert);
    await writeFile(privateKeyFile, own.key);
    const tls = await loadServerTls({ dataDir, names: [], certificateFile, privateKeyFile });
    expect(tls).toEqual({ ...own, authority: null, cert: await readFile(certificateFile, 'utf8') });
  });

  it('are refused with a remedy when they do not fit each other', async () => {
    const own = await loadServerTls({ dataDir, names: [] });
    const other = await loadServerTls({ dataDir: join(dataDir, 'other'), names: [] });
    const certificateFile = join(dataDir, 'given.crt');
    const privateKeyFile = join(dataDir, 'given.key');
    await writeFile(certificateFile, own.cert);
    await writeFile(privateKeyFile, other.key);
    await expect(loadServerTls({ dataDir, names: [], certificateFile, privateKeyFile })).rejects.toMatchObject({
      name: 'StartError',
      problem: expect.stringContaining('key values mismatch'),
    });
  });
});
