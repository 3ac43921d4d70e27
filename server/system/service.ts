import { statfs } from 'node:fs/promises';
import { type Fault, type FaultCode, faultOf, type partNames } from './faults.ts';
import type { Part, SystemStatus } from './schema.ts';
import type { UndoneList } from './undone.ts';

/** What a part says of itself. */
export interface PartReport {
  state: Part['state'];
  /** What is wrong, unless it works. */
  faults?: readonly { code: FaultCode; subject?: string; detail?: string }[];
}

/** Asks one part whether it works; a throw means that it does not. */
export interface Probe {
  name: (typeof partNames)[number];
  /** Without it nothing works, so the server is not ready. */
  required: boolean;
  check(signal: AbortSignal): Promise<PartReport>;
}

export interface SystemOptions {
  probes: readonly Probe[];
  undone: UndoneList;
  version: string;
  startedAt: Date;
  /** Names and versions of the programs underneath. */
  versions(): Promise<{ name: string; version: string }[]>;
  dataDir: string;
  /** What the start already knew to be wrong; it stands in place of what its part says of itself. */
  known: readonly Fault[];
}

export interface SystemService {
  status(): Promise<SystemStatus>;
  /** Asks every part anew. `ready` when all required ones work. */
  readiness(): Promise<{ ready: boolean; parts: Part[] }>;
  undone: Pick<UndoneList, 'list' | 'retry'>;
}

/** A part that takes longer to say how it is does not work. */
const probeMs = 3_000;

async function report(probe: Probe): Promise<PartReport> {
  const signal = AbortSignal.timeout(probeMs);
  // The race holds for probes that do not heed the signal in time.
  const { promise: late, resolve } = Promise.withResolvers<PartReport>();
  signal.addEventListener('abort', () => resolve({ state: 'failed', faults: [{ code: 'no_answer' }] }), { once: true });
  return await Promise.race([probe.check(signal), late]);
}

async function ask(probe: Probe): Promise<{ part: Part; faults: Fault[] }> {
  const { name } = probe;
  const started = performance.now();
  const tookMs = () => Math.round((performance.now() - started) * 10) / 10;
  try {
    const { state, faults = [] } = await report(probe);
    return {
      part: { name, state, tookMs: tookMs() },
      faults: faults.map(({ code, ...more }) => faultOf(code, { part: name, ...more })),
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      part: { name, state: 'failed', tookMs: tookMs() },
      faults: [faultOf('not_working', { part: name, detail })],
    };
  }
}

export function createSystemService(options: SystemOptions): SystemService {
  const { probes, undone, dataDir, known } = options;

  let asking: ReturnType<typeof askAll> | null = null;

  async function askAll() {
    const asked = await Promise.all(probes.map(ask));
    const parts = asked.map(({ part }) => part);
    const ready = probes.every((probe, index) => !probe.required || parts[index]?.state !== 'failed');
    return { ready, parts, faults: asked.flatMap(({ faults }) => faults) };
  }

  /** Anybody may want to know: who asks while the parts are being asked is answered with them. */
  function readiness() {
    asking ??= askAll().finally(() => {
      asking = null;
    });
    return asking;
  }

  async function countAll(): Promise<number> {
    return Object.values(await undone.counts()).reduce((sum, count) => sum + count, 0);
  }

  return {
    readiness,

    async status() {
      const { parts, faults } = await readiness();
      const explained = new Set(known.map(({ part }) => part));
      const databaseWorks = parts.every((part) => part.name !== 'database' || part.state !== 'failed');
      const disk = await statfs(dataDir);
      return {
        version: options.version,
        startedAt: options.startedAt.toISOString(),
        parts,
        faults: [...known, ...faults.filter(({ part }) => !explained.has(part))],
        versions: await options.versions(),
        disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
        undone: databaseWorks ? await countAll() : 0,
      };
    },

    undone,
  };
}
