import { statfs } from 'node:fs/promises';
import { AppError } from '../errors.ts';
import type { DeadJob, Part, partNames, SystemStatus } from './schema.ts';

/** What a part says of itself. */
export interface PartReport {
  state: 'working' | 'degraded';
  /** For the operator: what is wrong and what to do. */
  detail?: string;
}

/** Asks one part whether it works; a throw means that it does not. */
export interface Probe {
  name: (typeof partNames)[number];
  /** Without it nothing works, so the server is not ready. */
  required: boolean;
  check(signal: AbortSignal): Promise<PartReport>;
}

/** The queue as far as an administrator minds it. */
export interface DeadJobs {
  count(): Promise<number>;
  /** The newest first. */
  list(): Promise<DeadJob[]>;
  /** @returns whether there was such a job. */
  retry(id: string): Promise<boolean>;
}

export interface SystemOptions {
  probes: readonly Probe[];
  deadJobs: DeadJobs;
  version: string;
  startedAt: Date;
  /** Names and versions of the programs underneath. */
  versions(): Promise<{ name: string; version: string }[]>;
  dataDir: string;
  /** What the start already knew to be missing. */
  degraded: readonly string[];
}

export interface SystemService {
  status(): Promise<SystemStatus>;
  /** Asks every part anew. `ready` when all required ones work. */
  readiness(): Promise<{ ready: boolean; parts: Part[] }>;
  deadJobs(): Promise<DeadJob[]>;
  retryJob(id: string): Promise<void>;
}

/** A part that takes longer to say how it is does not work. */
const probeMs = 3_000;

async function report(probe: Probe): Promise<PartReport> {
  const signal = AbortSignal.timeout(probeMs);
  // The race holds for probes that do not heed the signal in time.
  const { promise: late, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(new Error(`did not answer within ${probeMs / 1000} s`)), {
    once: true,
  });
  return await Promise.race([probe.check(signal), late]);
}

async function ask(probe: Probe): Promise<Part> {
  const started = performance.now();
  const tookMs = () => Math.round((performance.now() - started) * 10) / 10;
  try {
    const { state, detail } = await report(probe);
    return { name: probe.name, state, detail: detail ?? null, tookMs: tookMs() };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name: probe.name, state: 'failed', detail, tookMs: tookMs() };
  }
}

export function createSystemService(options: SystemOptions): SystemService {
  const { probes, deadJobs, dataDir } = options;

  async function readiness() {
    const parts = await Promise.all(probes.map(ask));
    const ready = probes.every((probe, index) => !probe.required || parts[index]?.state !== 'failed');
    return { ready, parts };
  }

  return {
    readiness,

    async status() {
      const { parts } = await readiness();
      const broken = parts.filter((part) => part.state !== 'working');
      const databaseWorks = parts.every((part) => part.name !== 'database' || part.state !== 'failed');
      const disk = await statfs(dataDir);
      return {
        version: options.version,
        startedAt: options.startedAt.toISOString(),
        parts,
        degraded: [...options.degraded, ...broken.map((part) => `${part.name}: ${part.detail ?? part.state}`)],
        versions: await options.versions(),
        disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
        deadJobs: databaseWorks ? await deadJobs.count() : 0,
      };
    },

    deadJobs: () => deadJobs.list(),

    async retryJob(id) {
      if (!(await deadJobs.retry(id))) throw new AppError('not_found');
    },
  };
}
