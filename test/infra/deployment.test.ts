import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { runtimePackages } from '../../infra/install/packages.mjs';
import { root } from '../../infra/install/root.mjs';
import { readConfig, settingNames } from '../../server/config.ts';

const run = promisify(execFile);
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const service = z.looseObject({
  image: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()).optional(),
});
const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
  networks: z.record(z.string(), z.unknown()),
});
const compose = composeFile.parse(parse(read('infra/compose.yaml')));
const app = compose.services.app ?? service.parse({});

/** `NAME=value` lines of an environment file; with `commented`, those behind a # as well. */
function settingsOf(file: string, { commented = false } = {}): Record<string, string> {
  const pattern = commented ? /^#?([A-Z][A-Z0-9_]*)=(.*)$/gm : /^([A-Z][A-Z0-9_]*)=(.*)$/gm;
  return Object.fromEntries([...read(file).matchAll(pattern)].map(([, name = '', value = '']) => [name, value]));
}

/** Puts values where compose would: ${NAME}, ${NAME:?message} and ${NAME:-default}. */
function interpolate(text: string, values: Record<string, string>): string {
  return text.replace(/\$\{([A-Z0-9_]+)(?::[-?][^}]*)?\}/g, (_, name: string) => values[name] ?? '');
}

describe('compose.yaml', () => {
  it('has the parts of a large installation', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['app', 'postgres', 'proxy', 'search', 'store', 'turn']);
  });

  it('gives the app only settings that it reads', () => {
    expect(Object.keys(app.environment).filter((name) => !settingNames.includes(name))).toEqual([]);
  });

  it('gives the app settings that fit each other', () => {
    const filled = settingsOf('infra/compose.env.example');
    for (const name of Object.keys(filled)) filled[name] ||= 'a-secret';
    const environment = Object.fromEntries(
      Object.entries(app.environment).map(([name, value]) => [name, interpolate(value, filled)]),
    );
    const config = readConfig(environment);
    expect(config).toMatchObject({ TLS: 'off', PUBLIC_URL: 'https://tongke.example.edu.cn', MEDIA_WORKERS: 4 });
    expect(config.ICE_SERVERS).toHaveLength(1);
  });

  it('publishes one port a media worker, UDP and TCP', () => {
    const first = Number(app.environment.MEDIA_PORT);
    const range = `${first}-${first + Number(app.environment.MEDIA_WORKERS) - 1}`;
    expect(app.ports).toEqual([`${range}:${range}/udp`, `${range}:${range}/tcp`]);
  });

  it('asks for nothing that its example does not explain', () => {
    const asked = [...read('infra/compose.yaml').matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name);
    expect([...new Set(asked)].sort()).toEqual(Object.keys(settingsOf('infra/compose.env.example')).sort());
  });

  it('names only services, volumes and networks that exist', () => {
    for (const { depends_on = [], volumes, networks = [] } of Object.values(compose.services)) {
      for (const name of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)) {
        expect(Object.keys(compose.services)).toContain(name);
      }
      for (const volume of volumes) {
        const source = volume.split(':')[0] ?? '';
        if (source.startsWith('./')) expect(read(join('infra', source))).not.toBe('');
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
      for (const name of networks) expect(Object.keys(compose.networks)).toContain(name);
    }
  });

  it('pins every image', () => {
    for (const { image } of Object.values(compose.services)) {
      if (image !== undefined) expect(image).toMatch(/:v?\d/);
    }
  });
});

describe('.env.example', () => {
  it('lists every setting and no other', () => {
    expect(Object.keys(settingsOf('.env.example', { commented: true })).sort()).toEqual([...settingNames].sort());
  });

  it('names the defaults as they are', () => {
    const named = settingsOf('.env.example', { commented: true });
    const defaults = readConfig({});
    const shown = readConfig({ ...named, PUBLIC_URL: '', MEDIA_WORKERS: '' });
    expect(shown).toEqual(defaults);
  });
});

describe('Dockerfile', () => {
  it('installs what the server calls', () => {
    for (const name of runtimePackages) expect(read('infra/Dockerfile')).toContain(` ${name} `);
  });
});

describe('backup.sh', () => {
  it('is a shell script without mistakes of syntax', async () => {
    await expect(run('bash', ['-n', join(root, 'infra/backup.sh')])).resolves.toMatchObject({ stderr: '' });
  });
});
