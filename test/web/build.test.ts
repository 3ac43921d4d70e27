import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { messages } from '../../web/locales/zh-CN/opening.ts';

const configFile = fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url));
const libraryLimitBytes = 84 * 1024;

let output: (Rolldown.OutputChunk | Rolldown.OutputAsset)[] = [];
const chunks = (): Rolldown.OutputChunk[] => output.filter((one) => one.type === 'chunk');

beforeAll(async () => {
  // The test runner's own mode would build Vue for development.
  vi.stubEnv('NODE_ENV', 'production');
  const built = await build({ configFile, logLevel: 'error', build: { write: false } });
  if (!('output' in built)) throw new Error('The build gave no single output.');
  output = built.output;
}, 120_000);

/** The chunk of a module, with everything that it loads before it runs. */
function loadedBy(...modules: string[]): Rolldown.OutputChunk[] {
  const found = new Map<string, Rolldown.OutputChunk>();
  const load = (chunk: Rolldown.OutputChunk | undefined): void => {
    if (!chunk || found.has(chunk.fileName)) return;
    found.set(chunk.fileName, chunk);
    for (const name of chunk.imports) load(chunks().find((one) => one.fileName === name));
  };
  for (const module of modules) {
    const chunk = chunks().find((one) => one.moduleIds.some((id) => id.endsWith(module)));
    expect(chunk, `a chunk with ${module}`).toBeDefined();
    load(chunk);
  }
  return [...found.values()];
}

function pageOf(name: string): string {
  const page = output.find((one) => one.type === 'asset' && one.fileName === name);
  return page?.type === 'asset' ? String(page.source) : '';
}

const holds = (list: Rolldown.OutputChunk[], name: string): boolean =>
  list.some((chunk) => chunk.moduleIds.some((id) => id.includes(`/node_modules/${name}/`)));

describe('the built web', () => {
  it('loads at most 84 KB, gzipped, before the library is drawn', () => {
    const scripts = loadedBy('web/main.ts', 'web/pages/Library.vue', 'locales/zh-CN/opening.ts').map(
      ({ code }) => code,
    );
    const styles = pageOf('index.html').match(/assets\/[^"]+\.css/g) ?? [];
    const texts = [pageOf('index.html'), ...scripts, ...styles.map(pageOf)];
    const bytes = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
    expect(styles).toHaveLength(1);
    expect(bytes).toBeGreaterThan(30 * 1024);
    expect(bytes).toBeLessThanOrEqual(libraryLimitBytes);
  });

  it('has the words of all that is drawn with the library among the first', async () => {
    const there = Object.keys(messages).map((name) => `${name}.`);
    const modules = loadedBy('web/main.ts', 'web/pages/Library.vue').flatMap(({ moduleIds }) => moduleIds);
    const files = new Set(
      modules.map((id) => id.replace(/\?.*/, '')).filter((id) => /\/web\/.*\.(?:vue|ts)$/.test(id)),
    );
    expect(files.size).toBeGreaterThan(40);
    const keys: string[] = [];
    for (const file of files) {
      const source = await readFile(file, 'utf8');
      keys.push(...source.matchAll(/\bt\(\s*['`]([^'`]+)/g).map((match) => match[1] ?? ''));
    }
    expect(keys.length).toBeGreaterThan(80);
    expect(keys.filter((key) => !there.some((name) => key.startsWith(name)))).toEqual([]);
  });

  it('keeps the classroom and the uploader out of the library page', () => {
    const loaded = loadedBy('web/main.ts', 'web/pages/Library.vue');
    expect(holds(loaded, 'mediasoup-client')).toBe(false);
    expect(holds(loaded, 'tus-js-client')).toBe(false);
    expect(holds(loaded, 'zod')).toBe(false);
  });

  it('has mediasoup-client in the chunks of the classroom', () => {
    expect(holds(chunks(), 'mediasoup-client')).toBe(true);
    for (const page of ['Upload', 'Mine', 'Resource', 'Administration', 'SignIn', 'Setup']) {
      expect(holds(loadedBy(`web/pages/${page}.vue`), 'mediasoup-client'), page).toBe(false);
    }
  });

  it('carries nothing of the server', () => {
    const strays = chunks().flatMap((chunk) => chunk.moduleIds.filter((id) => /\/(server|search)\//.test(id)));
    expect(strays.filter((id) => !id.includes('node_modules'))).toEqual([]);
  });

  it('asks who is here, and for the first words, before its script is there', () => {
    expect(pageOf('index.html')).toContain('<script src="/early.js"></script>');
    expect(pageOf('index.html')).toMatch(
      /<link rel="modulepreload" crossorigin href="\/assets\/opening-[\w-]{8}\.js">/,
    );
  });

  it('asks for no more than six files before the library is drawn, as many as HTTP/1.1 asks for at a time', () => {
    const files = pageOf('index.html').match(/(?:src|href)="\/(?:assets|early)[^"]*"/g) ?? [];
    expect(files.length).toBeGreaterThan(3);
    expect(files.length).toBeLessThanOrEqual(6);
  });

  it('has no inline script or style, which the security policy would refuse', () => {
    const html = pageOf('index.html');
    expect(html).toMatch(/<script[^>]+src="\/assets\//);
    expect(html.match(/<script(?![^>]*\ssrc=)[^>]*>/g)).toBeNull();
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  it('names every asset by its content', () => {
    const assets = output.filter((one) => one.fileName.startsWith('assets/'));
    expect(assets.length).toBeGreaterThan(10);
    expect(assets.filter((one) => !/-[\w-]{8}\.\w+$/.test(one.fileName)).map((one) => one.fileName)).toEqual([]);
  });
});
