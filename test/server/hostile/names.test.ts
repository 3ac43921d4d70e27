import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creation, upload } from '../files-world.ts';
import * as samples from '../samples.ts';
import { createHostileWorld, type HostileWorld } from './world.ts';

const refusedNames = {
  'climbs a path': '../../etc/cron.d/x.txt',
  'climbs a path of Windows': '..\\..\\x.txt',
  'names a place': '/etc/passwd.txt',
  'names a drive': 'C:\\x.txt',
  'names a stream': 'x.txt:hidden.txt',
  'names a share': '\\\\server\\share\\x.txt',
  'holds NUL': 'x.txt\0.exe',
  'holds a line end': 'x\r\nset-cookie: a=b\r\n.txt',
  'holds a control': 'x\u0007.txt',
  'holds another line end': 'x\u0085.txt',
  'turns the writing direction': 'x\u202etxt.exe.txt',
  'hides a direction': 'x\u2066.txt',
  'hides an Arabic mark': 'x\u061c.txt',
  'ends with a dot': 'x.txt.',
  'ends with dots and blanks': 'x.txt. . ',
  'is only dots': '..',
  'is hidden': '.htaccess.txt',
  'is too long': `${'长'.repeat(300)}.txt`,
  'is a device': 'CON.txt',
  'is a device with more': 'nul.tar.txt',
  'is a port': 'com1.txt',
  'is a port in small print': 'LPT\u00b9.txt',
  'is empty': '   ',
  'is a pattern': '*?.txt',
  'is a pipe': 'a|b>c.txt',
  'holds quotes': 'a".txt',
};

/** They look odd, and are names that people give. */
const keptNames = [
  "it's; filename=evil.exe.txt",
  '%0d%0aset-cookie%3a a=b.txt',
  'a%00b%2f..%2f.txt',
  '$(reboot) `id` & ; rm -rf ~.txt',
  '--help.txt',
  '-o ProxyCommand=x.txt',
  '{{constructor}} #{7+7} ＜b＞.txt',
  "'; drop table file; --.txt",
  '同课 异构😀.txt',
  'console.txt',
  `${'长'.repeat(196)}.txt`,
];

describe('a hostile name', () => {
  let world: HostileWorld;
  let address: string;
  beforeAll(async () => {
    world = await createHostileWorld();
    address = await world.listen();
  });
  afterAll(() => world.close());

  it.each(Object.entries(refusedNames))('that %s is refused before the first byte', async (_what, name) => {
    const refusal = await world.refusal('/uploads', { method: 'POST', headers: creation(name, 3) });
    expect(refusal).toBe('400 invalid_input');
  });

  it.each(['x.exe', 'x.txt.exe', 'x.php', 'x.jsp', 'x', 'x.docm', 'x.lnk', 'x.TXT.Bat'])(
    '%s is no type of ours',
    async (name) => {
      expect(await world.refusal('/uploads', { method: 'POST', headers: creation(name, 3) })).toBe(
        '415 type_not_allowed',
      );
    },
  );

  it.each(keptNames)('%s comes back as it was, in one header', async (name) => {
    const content = Buffer.from(`content of ${name}`);
    const id = await upload(world, name, content);
    for (const disposition of ['inline', 'attachment']) {
      // Over a socket: what the parser of HTTP makes of the header counts.
      const served = await fetch(`${address}/files/${id}/content?disposition=${disposition}`, {
        headers: { 'x-actor': 'teacher' },
      });
      expect(Buffer.from(await served.arrayBuffer())).toEqual(content);
      expect(served.headers.get('set-cookie')).toBeNull();
      const header = served.headers.get('content-disposition') ?? '';
      // Not looked into yet: nothing is shown in place.
      expect(header).toMatch(/^attachment; filename/);
      const extended = /filename\*=UTF-8''([^;]+)$/.exec(header)?.[1];
      const plain = /filename="?([^"]*?)"?$/.exec(header)?.[1];
      expect(extended === undefined ? plain : decodeURIComponent(extended)).toBe(name);
    }
  });

  it('is no part of where anything lies', async () => {
    const { id } = await world.process('--help; $(id) ..%2f.txt', Buffer.from('words'));
    await world.process("'; drop.png", await samples.png(400, 300));
    const keys: string[] = [];
    for (const prefix of ['files/', 'previews/']) {
      for await (const { key } of world.storage.list(prefix)) keys.push(key);
    }
    expect((await readdir(join(world.folder, 'objects'))).toSorted()).toEqual(['.incoming', 'files', 'previews']);
    expect(keys).toContain(`files/${id}`);
    const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
    const ours = new RegExp(
      `^(?:files/${uuid}|previews/${uuid}/${uuid}/(?:(?:image|page)-1-\\d+\\.webp|words-1\\.json))$`,
    );
    expect(keys.filter((key) => !ours.test(key))).toEqual([]);
  });
});

describe('a page in a browser', () => {
  let world: HostileWorld;
  let address: string;
  beforeAll(async () => {
    world = await createHostileWorld();
    address = await world.listen();
  });
  afterAll(() => world.close());

  const script = '<script>fetch("/api/accounts/me")</script>';
  const risky: [string, string, string][] = [
    ['页.html', `<!doctype html><html>${script}</html>`, 'text/html'],
    ['页.htm', `<body onload="alert(1)">${script}`, 'text/html'],
    ['假.txt', `<!-- x --><html>${script}`, 'text/html'],
    ['假.md', `<script>alert(1)</script>`, 'text/html'],
    ['图.svg', `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${script}</svg>`, 'image/svg+xml'],
    ['假.jpg', `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)"/>`, 'image/svg+xml'],
    ['页.xml', `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${script}</html>`, 'application/xml'],
    ['样.xml', `<?xml version="1.0"?><?xml-stylesheet href="data:,x" type="text/xsl"?><a/>`, 'application/xml'],
    ['宽.txt', `\ufeff<html>${script}</html>`, 'text/html'],
  ];

  it.each(risky)(
    '%s with scripts is handed over, never shown',
    { timeout: 60_000 },
    async (name, content, mediaType) => {
      const { id, file } = await world.process(name, Buffer.from(content));
      expect(file.mediaType).toBe(mediaType);
      for (const more of ['', '&proxy=1']) {
        const served = await fetch(`${address}/files/${id}/content?disposition=inline${more}`, {
          headers: { 'x-actor': 'teacher' },
        });
        expect(await served.text()).toContain(content.slice(-9));
        expect(served.headers.get('content-disposition')).toMatch(/^attachment;/);
        expect(served.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
        expect(served.headers.get('x-content-type-options')).toBe('nosniff');
        // A range or a repeated question is no way around.
        const etag = served.headers.get('etag') ?? '';
        const ways: Record<string, string>[] = [{ range: 'bytes=0-3' }, { 'if-none-match': etag }];
        for (const headers of ways) {
          const again = await fetch(`${address}/files/${id}/content?disposition=inline`, {
            headers: { 'x-actor': 'teacher', ...headers },
          });
          await again.arrayBuffer();
          expect([206, 304]).toContain(again.status);
          expect(again.headers.get('content-disposition')).toMatch(/^attachment;/);
          expect(again.headers.get('content-security-policy')).toContain('sandbox');
          expect(again.headers.get('x-content-type-options')).toBe('nosniff');
        }
      }
    },
  );

  it('is shown in place only as pictures, sound, video and plain text, and these in a sandbox too', async () => {
    const { id } = await world.process('文.txt', Buffer.from('plain words, no <b>markup</b>'));
    const served = await fetch(`${address}/files/${id}/content?disposition=inline`, {
      headers: { 'x-actor': 'teacher' },
    });
    await served.arrayBuffer();
    expect(served.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(served.headers.get('content-disposition')).toMatch(/^inline;/);
    expect(served.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
