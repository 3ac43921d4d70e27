import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Places whose line to this machine can be made bad, for real browsers: each is a network namespace behind another one
 * that stands for the line. Loss is netfilter's, bandwidth a token bucket's; netem is not everywhere. Needs root.
 */
export interface Site {
  /** A Chromium that is at this place: a program to be launched in place of the browser. */
  chromium: string;
  /** The line is like this from now on, whatever it was before. */
  become(line: LineState): Promise<void>;
  /** The machine at the place gets another address, and loses the one it had. */
  moveAddress(): Promise<void>;
  /** The place's router gets another address, as when it dials in anew: the machine behind it sees nothing of it. */
  moveRouter(): Promise<void>;
  /** All bytes that came to the place, and that went from it, so far. */
  bytes(): Promise<{ down: number; up: number }>;
}

export interface LineState {
  /** Bits a second, each way. */
  rate?: number;
  /** Share of packets that are lost at random, each way. */
  loss?: number;
  /** What does not get through at all. `unusual`: all but HTTP and TURN over TLS, as a school's strict firewall. */
  blocked?: 'everything' | 'udp' | 'unusual';
}

export interface Sites {
  /** Where every place reaches this machine. */
  serverAddress: string;
  at(number: number): Site;
  /** Everything is as before. */
  close(): Promise<void>;
}

/** RFC 2544's range for measurements: nobody's network. */
const lineNet = (place: number) => `198.18.${place}`;
const placeNet = (place: number) => `198.19.${place}`;
const prefix = 'tks';
/** As much as a school's router keeps waiting. */
const queueMs = 300;

export interface SitesOptions {
  count: number;
  /** For the programs that stand for the browsers. */
  folder: string;
  /** TCP ports that the strictest firewall lets through. */
  usualPorts: readonly number[];
}

/** @throws Error that names what is missing: root, or a program */
export async function openSites({ count, folder, usualPorts }: SitesOptions): Promise<Sites> {
  if (process.getuid?.() !== 0) throw new Error('Impaired links are network namespaces: only root can make them.');
  for (const program of ['ip', 'tc', 'iptables']) {
    if (!['/usr/sbin', '/sbin', '/usr/bin', '/bin'].some((place) => existsSync(join(place, program)))) {
      throw new Error(`${program} is missing: apt-get install iproute2 iptables`);
    }
  }
  await sweepDeadSites();
  const names: string[] = [];
  const sites: Site[] = [];

  async function close(): Promise<void> {
    // What stands in a namespace goes with it, the ends of its lines in others too.
    for (const name of names.splice(0)) await run('ip', ['netns', 'delete', name]);
  }
  try {
    await mkdir(folder, { recursive: true });
    for (let place = 1; place <= count; place += 1) sites.push(await openSite(place, folder, usualPorts, names));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    serverAddress: `${lineNet(1)}.1`,
    at(number) {
      const site = sites[number - 1];
      if (!site) throw new Error(`There is no place ${number}.`);
      return site;
    },
    close,
  };
}

/** Removes the namespaces of runs that were killed. */
async function sweepDeadSites(): Promise<void> {
  const names = existsSync('/run/netns') ? await readdir('/run/netns') : [];
  for (const name of names) {
    const [, pid] = new RegExp(`^${prefix}(\\d+)[lp]\\d+$`).exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await run('ip', ['netns', 'delete', name]);
  }
}

async function openSite(number: number, folder: string, usualPorts: readonly number[], names: string[]): Promise<Site> {
  const [line, place] = [`${prefix}${process.pid}l${number}`, `${prefix}${process.pid}p${number}`];
  const [outer, inner] = [lineNet(number), placeNet(number)];
  const near = `${prefix}${process.pid}-${number}`;
  const ip = (...args: string[]) => run('ip', args);
  const inLine = (...args: string[]) => ip('netns', 'exec', line, ...args);
  const inPlace = (...args: string[]) => ip('netns', 'exec', place, ...args);

  for (const name of [line, place]) {
    await ip('netns', 'add', name);
    names.push(name);
    await ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  await ip('link', 'add', near, 'type', 'veth', 'peer', 'name', `${near}u`);
  await ip('link', 'set', `${near}u`, 'netns', line, 'name', 'wan');
  await ip('address', 'add', `${outer}.1/24`, 'dev', near);
  await ip('link', 'set', near, 'up');
  await ip('link', 'add', `${near}d`, 'type', 'veth', 'peer', 'name', `${near}h`);
  await ip('link', 'set', `${near}d`, 'netns', line, 'name', 'site');
  await ip('link', 'set', `${near}h`, 'netns', place, 'name', 'lan');
  await ip('-n', line, 'address', 'add', `${outer}.2/24`, 'dev', 'wan');
  await ip('-n', line, 'address', 'add', `${inner}.1/24`, 'dev', 'site');
  for (const end of ['wan', 'site']) await ip('-n', line, 'link', 'set', end, 'up');
  await ip('-n', line, 'route', 'add', 'default', 'via', `${outer}.1`);
  await inLine('sysctl', '-qw', 'net.ipv4.ip_forward=1');
  // Schools are behind a router that translates addresses; what it has translated goes with its own address.
  await inLine('iptables', '-t', 'nat', '-A', 'POSTROUTING', '-o', 'wan', '-j', 'MASQUERADE');
  let router = 2;
  let host = 2;
  await ip('-n', place, 'address', 'add', `${inner}.${host}/24`, 'dev', 'lan');
  await ip('-n', place, 'link', 'set', 'lan', 'up');
  await ip('-n', place, 'route', 'add', 'default', 'via', `${inner}.1`);

  const chromium = join(folder, `chromium-${number}.sh`);
  await writeFile(chromium, `#!/bin/sh\nexec ip netns exec ${place} /usr/bin/chromium "$@"\n`, { mode: 0o755 });

  function rules(state: LineState): string[][] {
    const drop = (...match: string[]) => ['-A', 'FORWARD', ...match, '-j', 'DROP'];
    const all: string[][] = [];
    if (state.blocked === 'everything') all.push(drop());
    if (state.blocked === 'udp' || state.blocked === 'unusual') all.push(drop('-p', 'udp'));
    if (state.blocked === 'unusual') {
      const ports = usualPorts.join(',');
      all.push(drop('-i', 'site', '-p', 'tcp', '-m', 'multiport', '!', '--dports', ports));
    }
    const random = ['-m', 'statistic', '--mode', 'random', '--probability', String(state.loss ?? 0)];
    if (state.loss) all.push(drop(...random));
    return all;
  }
  async function become(state: LineState): Promise<void> {
    // One step for all rules: between two of them packets would pass that should not.
    const text = ['*filter', ...rules(state).map((rule) => rule.join(' ')), 'COMMIT'].join('\n');
    await inLine('sh', '-c', `printf '%s\\n' "$0" | iptables-restore`, text);
    for (const end of ['wan', 'site']) await inLine('sh', '-c', `tc qdisc delete dev ${end} root 2>/dev/null || true`);
    if (state.rate === undefined) return;
    const burst = String(Math.max(3_000, Math.round(state.rate / 8 / 100)));
    const bucket = ['tbf', 'rate', `${state.rate}bit`, 'burst', burst, 'latency', `${queueMs}ms`];
    for (const end of ['wan', 'site']) await inLine('tc', 'qdisc', 'add', 'dev', end, 'root', ...bucket);
  }

  return {
    chromium,
    become,
    async moveAddress() {
      await ip('-n', place, 'address', 'delete', `${inner}.${host}/24`, 'dev', 'lan');
      host += 1;
      await ip('-n', place, 'address', 'add', `${inner}.${host}/24`, 'dev', 'lan');
      // The route has gone with the address.
      await ip('-n', place, 'route', 'replace', 'default', 'via', `${inner}.1`);
    },
    async moveRouter() {
      await ip('-n', line, 'address', 'delete', `${outer}.${router}/24`, 'dev', 'wan');
      router += 1;
      await ip('-n', line, 'address', 'add', `${outer}.${router}/24`, 'dev', 'wan');
      await ip('-n', line, 'route', 'replace', 'default', 'via', `${outer}.1`);
    },
    async bytes() {
      const [down, up] = await Promise.all(
        ['rx_bytes', 'tx_bytes'].map(async (counter) => {
          const { stdout } = await inPlace('cat', `/sys/class/net/lan/statistics/${counter}`);
          return Number(stdout);
        }),
      );
      return { down: down ?? 0, up: up ?? 0 };
    },
  };
}
