import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifyClient } from '../../server/http/client.ts';
import { outcome } from './environment/browser.ts';
import { createWorld, password, type World } from './environment/world.ts';

let world: World;
let proxied: World;
let webRoot: string;
beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'tongke-web-'));
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>同课</title>');
  await writeFile(join(webRoot, 'assets/main-1a2b3c.js'), 'export const greeting = "hello";\n'.repeat(100));
  await writeFile(join(webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  world = await createWorld({ app: { webRoot } });
  proxied = await createWorld({
    app: {
      trustedProxies: ['10.0.0.0/8', '::1'],
      publicOrigin: 'https://tongke.example.edu.cn',
      storeOrigin: 'https://store.example.edu.cn',
      metricsToken: 'a-token-of-the-operator',
    },
    signInAttempts: 1,
  });
});
afterAll(async () => {
  await Promise.all([world.close(), proxied.close(), rm(webRoot, { recursive: true })]);
});

const signInJson = { login: 'teacher-lead', password };

describe('every answer', () => {
  it('carries the headers that keep a browser from harm', async () => {
    for (const path of ['/api/setup', '/library', '/healthz', '/api/nothing']) {
      const { headers } = await world.open().get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("object-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("img-src 'self' data: blob:;");
      expect(policy).not.toMatch(/unsafe/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('permissions-policy')).toContain('camera=(self)');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('admits the object store and HSTS where the installation has them', async () => {
    const browser = proxied.open({ address: '10.0.0.2' });
    const { headers } = await browser.get('/api/setup', { headers: { 'x-forwarded-proto': 'https' } });
    expect(headers.get('content-security-policy')).toContain("media-src 'self' blob: https://store.example.edu.cn");
    expect(headers.get('strict-transport-security')).toBe('max-age=15552000');
    expect((await browser.get('/api/setup')).headers.get('strict-transport-security')).toBeNull();
  });

  it('is a problem detail when something is wrong', async () => {
    const response = await world.open().get('/api/nothing');
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      type: 'urn:tongke:problem:not_found',
      title: 'Not Found',
      status: 404,
      code: 'not_found',
      requestId: response.headers.get('x-request-id'),
    });
  });

  it('says nothing of a fault inside', async () => {
    const broken = await createWorld({
      peopled: false,
      app: { log: pino({ level: 'silent' }) },
    });
    await broken.database.close();
    const response = await broken.open().get('/api/setup');
    expect(await response.json()).toEqual({
      type: 'urn:tongke:problem:internal',
      title: 'Internal Server Error',
      status: 500,
      code: 'internal',
      requestId: response.headers.get('x-request-id'),
    });
  });

  it('refuses bodies that are no JSON, of another type, absent, or too large', async () => {
    const send = (body: string | undefined, type: string | null = 'application/json') =>
      outcome(
        world.open().request('/api/sign-in', {
          method: 'POST',
          ...(body !== undefined && { body: new Blob([body]) }),
          headers: type === null ? {} : { 'content-type': type },
        }),
      );
    expect(await send('{"login":')).toBe('400 bad_request');
    expect(await send('login=x', 'application/x-www-form-urlencoded')).toBe('415 type_not_allowed');
    expect(await send(undefined, null)).toMatch(/^4\d\d /);
    expect(await send('[]')).toBe('400 invalid_input');
    expect(await send(JSON.stringify({ login: 'x'.repeat(20_000), password: 'x' }))).toBe('413 body_too_large');
  });

  it('reads no more of a body without a length than the one who sends it may send', async () => {
    async function send(path: string): Promise<[answer: string, readKiB: number]> {
      let readKiB = 0;
      const pull = (controller: ReadableStreamDefaultController) => {
        readKiB += 8;
        controller.enqueue(new Uint8Array(8 * 1024));
        if (readKiB === 4096) controller.close();
      };
      const body = new ReadableStream({ pull }, { highWaterMark: 0 });
      const headers = { 'content-type': 'application/json' };
      return [await outcome(world.open().request(path, { method: 'POST', body, duplex: 'half', headers })), readKiB];
    }
    expect(await send('/api/catalog/import')).toEqual(['401 not_signed_in', 0]);
    expect(await send('/api/nothing/import')).toEqual(['404 not_found', 0]);
    expect(await send('/api/sign-in')).toEqual(['413 body_too_large', 24]);
  });
});

describe('requests from other sites', () => {
  const post = (headers: Record<string, string>, secure = false) =>
    outcome(
      world.open({ secure }).request('/api/sign-in', { method: 'POST', json: signInJson, headers: { ...headers } }),
    );

  it('are refused by what the browser says of them', async () => {
    expect(await post({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toBe(
      '403 cross_site_request',
    );
    expect(await post({ 'sec-fetch-site': 'same-site', origin: 'http://other.tongke.test' })).toBe(
      '403 cross_site_request',
    );
    expect(await post({ 'sec-fetch-site': 'same-origin', origin: 'http://tongke.test' })).toBe('200');
    expect(await post({ 'sec-fetch-site': 'none' })).toBe('200');
  });

  it('are refused by Origin where the browser is old', async () => {
    const old = async (origin: string | null, secure = false) => {
      const headers = new Headers({ 'content-type': 'application/json', host: 'tongke.test' });
      if (origin !== null) headers.set('origin', origin);
      return outcome(
        world.app.request(
          'http://tongke.test/api/sign-in',
          { method: 'POST', headers, body: JSON.stringify(signInJson) },
          { incoming: { socket: { remoteAddress: '203.0.113.7', encrypted: secure } } },
        ),
      );
    };
    expect(await old('https://evil.example')).toBe('403 cross_site_request');
    expect(await old('null')).toBe('403 cross_site_request');
    expect(await old('https://tongke.test')).toBe('403 cross_site_request');
    expect(await old('https://tongke.test', true)).toBe('200');
    expect(await old('http://tongke.test')).toBe('200');
    expect(await old(null)).toBe('200');
  });

  it('are refused for every method and path that changes something, uploads too', async () => {
    const teacher = await world.signIn('teacher');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of ['/api/uploads/x', '/api/rooms', '/anything']) {
        const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'application/offset+octet-stream' };
        expect(await outcome(teacher.request(path, { method, headers }))).toBe('403 cross_site_request');
      }
    }
    expect(await outcome(teacher.request('/api/me', { headers: { 'sec-fetch-site': 'cross-site' } }))).toBe('200');
  });

  it('are told apart from those to the public address behind a proxy', async () => {
    const browser = proxied.open({ address: '10.0.0.2' });
    const headers = { 'sec-fetch-site': 'same-site', origin: 'https://tongke.example.edu.cn' };
    expect(await outcome(browser.request('/api/sign-out', { method: 'POST', headers }))).toBe('204');
  });
});

describe('the client behind a proxy', () => {
  const failFrom = (peer: string, headers: Record<string, string>, turn: string) =>
    outcome(
      proxied.open({ address: peer }).post('/api/sign-in', { login: `nobody-${turn}`, password: 'x' }, { headers }),
    );

  it('is believed when a trusted proxy names it', async () => {
    // One failure a name and ten an address are allowed here.
    for (let turn = 0; turn < 10; turn += 1) {
      const headers = { 'x-forwarded-for': `6.6.6.${turn}, 198.51.100.1, 10.1.1.1` };
      expect(await failFrom('10.0.0.2', headers, `a${turn}`)).toBe('401 sign_in_failed');
    }
    // What the client itself wrote at the left changes nothing.
    expect(await failFrom('10.0.0.2', { 'x-forwarded-for': '7.7.7.7, 198.51.100.1' }, 'a10')).toBe(
      '429 too_many_attempts',
    );
    expect(await failFrom('10.0.0.2', { 'x-forwarded-for': '198.51.100.2' }, 'a11')).toBe('401 sign_in_failed');
  });

  it('is told from others where the proxy writes its port, too', async () => {
    for (const [turn, client] of ['198.51.100.10:5678', '[2001:db8::1]:5678', '[2001:db8:0:2::1]'].entries()) {
      for (let failure = 0; failure < 10; failure += 1) {
        const headers = { 'x-forwarded-for': `${client}, 10.1.1.1:443` };
        expect(await failFrom('10.0.0.2', headers, `p${turn}-${failure}`)).toBe('401 sign_in_failed');
      }
    }
    // The port says nothing of who it is.
    expect(await failFrom('10.0.0.2', { 'x-forwarded-for': '198.51.100.10:9' }, 'p9')).toBe('429 too_many_attempts');
    expect(await failFrom('10.0.0.2', { 'x-forwarded-for': '2001:db8::1' }, 'p10')).toBe('429 too_many_attempts');
  });

  it('is not believed when it names itself', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      expect(await failFrom('192.0.2.50', { 'x-forwarded-for': `9.9.9.${turn}` }, `b${turn}`)).toBe(
        '401 sign_in_failed',
      );
    }
    expect(await failFrom('192.0.2.50', { 'x-forwarded-for': '9.9.9.99' }, 'b10')).toBe('429 too_many_attempts');
  });

  it('gets a Secure cookie only where the scheme can be believed', async () => {
    const cookie = async (address: string) => {
      const browser = proxied.open({ address });
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'tongke.example.edu.cn' };
      const response = await browser.post('/api/sign-in', { login: 'principal-member', password }, { headers });
      return response.headers.getSetCookie().join();
    };
    expect(await cookie('10.0.0.3')).toMatch(/^__Secure-tongke_sign_in=.*; Secure/i);
    expect(await cookie('::ffff:10.0.0.3')).toMatch(/^__Secure-tongke_sign_in=/);
    expect(await cookie('192.0.2.51')).toMatch(/^tongke_sign_in=/);
  });

  it('stops the start when a proxy is no address', () => {
    expect(() => identifyClient(['proxy.local'])).toThrow(
      'TRUSTED_PROXIES: proxy.local is neither an address nor a CIDR range',
    );
  });
});

describe('the log', () => {
  it('has a line a request and nothing that tells of people', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const logged = await createWorld({ app: { log } });
    const browser = await logged.signInAs('teacher-lead', { address: '198.51.100.77' });
    await browser.get(`/api/rooms?schoolId=${logged.schools.lead}`);
    await browser.post('/api/sign-in', { login: 'teacher-lead', password: 'a-wrong-password' });
    await browser.get('/healthz');
    const admin = await logged.signInAs('admin-lead');
    const taken = { name: '某教师', login: 'teacher-lead', role: 'teacher', schoolId: logged.schools.lead };
    expect(await outcome(admin.post('/api/accounts', taken))).toBe('409 login_taken');
    await logged.close();

    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const requests = entries.filter((entry) => entry.msg === 'request');
    expect(requests.map(({ method, route, status, actor }) => [method, route, status, actor])).toEqual([
      ['POST', '/api/sign-in', 200, 'nobody'],
      ['GET', '/api/rooms', 200, 'account'],
      ['POST', '/api/sign-in', 401, 'account'],
      ['POST', '/api/sign-in', 200, 'nobody'],
      ['POST', '/api/accounts', 409, 'account'],
    ]);
    expect(requests.every(({ requestId, tookMs }) => typeof requestId === 'string' && typeof tookMs === 'number')).toBe(
      true,
    );
    expect(lines.join()).toContain('account_login_key');
    expect(lines.join()).not.toMatch(/teacher-lead|198\.51|harbour|a-wrong-password|tongke_sign_in/);
    expect(lines.join()).not.toContain(logged.schools.lead);
    expect(lines.join()).not.toContain(logged.accounts['teacher-lead']);
  });
});

describe('what machines ask', () => {
  it('is alive', async () => {
    expect(await (await world.open().get('/healthz')).json()).toEqual({ alive: true });
  });

  it('shows figures to this machine itself', async () => {
    await world.open().get('/api/setup');
    const metrics = await world.open({ address: '127.0.0.1' }).get('/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await metrics.text();
    expect(text).toMatch(/^tongke_http_request_duration_seconds_count.*route="\/api\/setup".* \d+$/m);
    expect(text).toContain('process_resident_memory_bytes');
    expect(await outcome(world.open({ address: '::1' }).get('/metrics'))).toBe('200');
    expect(await outcome(world.open().get('/metrics'))).toBe('403 forbidden');
    const undeclared = world
      .open({ address: '127.0.0.1' })
      .get('/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(await outcome(undeclared)).toBe('403 forbidden');
  });

  it('shows figures to the bearer of the token, wherever from, and to nobody else', async () => {
    const ask = (token?: string, address = '203.0.113.9') =>
      outcome(
        proxied
          .open({ address })
          .get('/metrics', { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }),
      );
    expect(await ask('a-token-of-the-operator')).toBe('200');
    expect(await ask('a-token-of-the-operatox')).toBe('403 forbidden');
    expect(await ask('short')).toBe('403 forbidden');
    expect(await ask(undefined, '127.0.0.1')).toBe('403 forbidden');
  });
});

describe('the web', () => {
  it('is served with hashed files kept for ever and the page asked for anew', async () => {
    const asset = await world.open().get('/assets/main-1a2b3c.js', { headers: { 'accept-encoding': 'gzip' } });
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toMatch(/javascript/);
    expect(asset.headers.get('content-encoding')).toBe('gzip');
    const page = await world.open().get('/');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(await page.text()).toContain('同课');
    expect((await world.open().get('/favicon.svg')).headers.get('content-type')).toMatch(/svg/);
  });

  it('answers with the page at each of its own addresses, and at none of the server', async () => {
    for (const path of ['/library', '/resources/019b0c5e', '/room', '/setup']) {
      const page = await world.open().get(path);
      expect([path, page.status, page.headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8']);
    }
    for (const path of [
      '/api',
      '/api/none',
      '/assets/gone-123.js',
      '/classroom',
      '/assets/../../package.json',
      '/%2e%2e/package.json',
    ]) {
      const response = await world.open().get(path);
      expect([path, await response.text()]).not.toEqual([path, expect.stringContaining('"dependencies"')]);
      if (!path.includes('package.json'))
        expect([path, await outcome(world.open().get(path))]).toEqual([path, '404 not_found']);
    }
  });

  it('answers 304 to what the browser has', async () => {
    const admin = await world.signIn('admin');
    const first = await admin.get('/api/schools');
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\//);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect((await admin.get('/api/schools', { headers: { 'if-none-match': tag } })).status).toBe(304);
  });
});
