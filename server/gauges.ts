import { Gauge, type Registry } from 'prom-client';
import type { MediaNode } from '../media/index.ts';
import { outboxSize } from './outbox/outbox.ts';
import type { Parts } from './parts.ts';
import type { UndoneList } from './system/undone.ts';

/** Figures of the lessons, the queue and the index; asked for when somebody reads them, not in between. */
export function measureParts(
  registry: Registry,
  { database, jobs }: Parts,
  classroom: MediaNode,
  undone: UndoneList,
): void {
  const registers = [registry];
  new Gauge({
    name: 'tongke_classroom_participants',
    help: 'People and rooms in live lessons',
    labelNames: ['role'],
    registers,
    async collect() {
      const { participants } = await classroom.stats();
      for (const [role, count] of Object.entries(participants)) this.set({ role }, count);
    },
  });
  new Gauge({
    name: 'tongke_classroom_rooms',
    help: 'Lessons that are open here',
    registers,
    collect() {
      this.set(classroom.activeSessions().length);
    },
  });
  new Gauge({
    name: 'tongke_recording_waiting_chunks',
    help: 'Pieces of recordings that the store has not taken yet',
    registers,
    async collect() {
      this.set((await classroom.stats()).waitingChunks);
    },
  });
  new Gauge({
    name: 'tongke_media_worker_cpu_seconds',
    help: 'Processor time of each media worker since its start',
    labelNames: ['worker'],
    registers,
    async collect() {
      const { workers } = await classroom.stats();
      for (const [worker, { cpuMs }] of workers.entries()) this.set({ worker: String(worker) }, cpuMs / 1000);
    },
  });
  new Gauge({
    name: 'tongke_outbox_waiting',
    help: 'Changes that the search index has not learnt yet',
    registers,
    async collect() {
      this.set((await outboxSize(database.db)).waiting);
    },
  });
  new Gauge({
    name: 'tongke_jobs',
    help: 'Jobs by queue and state',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      for (const { name, waiting, running } of await jobs.sizes()) {
        this.set({ queue: name, state: 'waiting' }, waiting);
        this.set({ queue: name, state: 'running' }, running);
      }
    },
  });
  new Gauge({
    name: 'tongke_undone',
    help: 'What could not be done, as the system page lists it: resources that the index refuses, uploads, jobs',
    labelNames: ['kind'],
    registers,
    async collect() {
      for (const [kind, count] of Object.entries(await undone.counts())) this.set({ kind }, count);
    },
  });
}
