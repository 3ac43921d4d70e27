import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createClient } from './client.ts';
import { people } from './people.ts';
import { seed } from './seed.ts';

/*
 * Fills the running server of a demonstration once, then says whom to sign in as.
 * Called with the data folder, in which the server leaves its address and the one-time set-up link.
 */

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' } }, strict: true });
const dataDir = values['data-dir'];
if (!dataDir) throw new Error('--data-dir is missing.');

const running = z
  .object({ address: z.string(), setUpToken: z.string().nullable() })
  .parse(JSON.parse(await readFile(join(dataDir, 'running.json'), 'utf8')));
const notes = z.object({ password: z.string(), filled: z.boolean() });
const notesFile = join(dataDir, 'demo.json');
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Readable, and of about 59 bits: the demonstration may be reached from the school's network. */
function makePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}

const known = existsSync(notesFile) ? notes.parse(JSON.parse(await readFile(notesFile, 'utf8'))) : undefined;
const password = known?.password ?? makePassword();
const remember = (filled: boolean) => writeFile(notesFile, JSON.stringify({ password, filled }), { mode: 0o600 });

if (!known?.filled) {
  if (running.setUpToken === null) {
    throw new Error(`The demonstration was left half filled. Remove the folder ${dataDir} and start again.`);
  }
  await remember(false);
  say('Filling the demonstration (about a minute) …');
  await seed({
    origin: running.address,
    setUpToken: running.setUpToken,
    password,
    progress: (line) => say(`  ${line}`),
  });
  await remember(true);
}

/** The link that makes a browser the big screen of 东河小学 三(1)班. */
async function roomLink(): Promise<string> {
  const operator = createClient(running.address);
  await operator.send('POST', '/sign-in', { login: 'donghe-operator', password }, z.unknown());
  const { items } = await operator.get(
    '/rooms',
    z.object({
      items: z.array(z.object({ id: z.string(), name: z.string(), school: z.object({ name: z.string() }) })),
    }),
  );
  const room = items.find((item) => item.school.name === '东河小学' && item.name === '三(1)班');
  if (!room) throw new Error('The demonstration has lost its room.');
  const { enrolmentPath } = await operator.send(
    'POST',
    `/rooms/${room.id}/devices`,
    { name: '演示大屏' },
    z.object({ enrolmentPath: z.string() }),
  );
  return `${running.address}${enrolmentPath}`;
}

const width = Math.max(...people.map(({ login }) => login.length));
say(`
Sign in at ${running.address} with the password  ${password}
${[{ login: 'admin', name: '平台管理员', school: null }, ...people].map(({ login, name, school }) => `  ${login.padEnd(width)}  ${school ?? ''}${name}`).join('\n')}
Big screen of 东河小学 三(1)班, good for 30 minutes, in another browser profile:
  ${await roomLink()}
`);
