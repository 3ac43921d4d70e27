import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChunkShipper, createChunkShipper } from '../../media/chunk-shipper.ts';
import { createHeldMemory } from '../../media/held-memory.ts';
import { type RecordedChunk, type RecordedEvent, SinkRefusal } from '../../media/index.ts';
import { FolderSink } from './environment/folder-sink.ts';
import { log } from './environment/node.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tongke-shipper-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One whose events fail as they are told to, each time with the next of these. */
class MoodySink extends FolderSink {
  readonly moods: (Error | null)[] = [];

  override async eventHappened(event: RecordedEvent): Promise<void> {
    const mood = this.moods.shift();
    if (mood) throw mood;
    await super.eventHappened(event);
  }
}

function open(name: string) {
  const sink = new MoodySink(join(folder, name));
  const memory = createHeldMemory();
  const shipper = createChunkShipper({
    sink,
    folder: join(folder, `${name}-spool`),
    log,
    memory,
    onHealth: () => undefined,
  });
  sink.tracks.set('t', { recordingId: 'r', trackId: 't' } as never);
  return { sink, shipper };
}

function chunk(shipper: ChunkShipper, number: number): void {
  const value: RecordedChunk = {
    ...{ recordingId: 'r', trackId: 't', epoch: 0, number, bytes: 1, sha256: '', packets: 1 },
    ...{ firstSequence: 0, lastSequence: 0, firstArrival: 0, lastArrival: 0 },
  };
  shipper.ship({ kind: 'chunk', value }, Buffer.from('x'));
}

const turn = (shipper: ChunkShipper, page: number): void =>
  shipper.ship({ kind: 'event', value: { recordingId: 'r', at: 0, type: 'slide', page } });
const pagesIn = (sink: FolderSink) => sink.events.map((event) => (event.type === 'slide' ? event.page : null));
const delivered = (shipper: ChunkShipper) => expect.poll(() => shipper.waiting, { timeout: 10_000 }).toBe(0);

it('does not let what is drawn hold up the chunks between', async () => {
  const { sink, shipper } = open('between');
  let asked = 0;
  sink.refuse = () => {
    asked += 1;
    return null;
  };
  const answer = sink.hang();
  for (let number = 0; number < 3; number += 1) {
    turn(shipper, number);
    chunk(shipper, number);
  }
  // The first entry was alone; all that waited behind it goes together, though no chunk gets its answer.
  await expect.poll(() => asked).toBe(3);
  answer();
  await delivered(shipper);
  expect(pagesIn(sink)).toEqual([0, 1, 2]);
});

it('keeps the order of events when one is not taken at once', async () => {
  const { sink, shipper } = open('order');
  sink.moods.push(null, new Error('away'));
  for (const page of [1, 2, 3, 4]) turn(shipper, page);
  chunk(shipper, 0);
  await delivered(shipper);
  expect(pagesIn(sink)).toEqual([1, 2, 3, 4]);
});

it('goes on behind an event that will never be taken', async () => {
  const { sink, shipper } = open('never');
  sink.moods.push(null, new SinkRefusal('no'));
  for (const page of [1, 2, 3, 4]) turn(shipper, page);
  await delivered(shipper);
  expect(pagesIn(sink)).toEqual([1, 3, 4]);
});

it('tells of chunks that its disk has lost, and goes on behind them', async () => {
  const { sink, shipper } = open('lost-disk');
  sink.away = true;
  for (const number of [0, 1, 2]) chunk(shipper, number);
  const spool = join(folder, 'lost-disk-spool');
  const kept = async () => (await readdir(spool).catch(() => [])).filter((name) => name.endsWith('.entry')).sort();
  await expect.poll(async () => (await kept()).length).toBe(3);
  const [first = '', second = ''] = await kept();
  await rm(join(spool, first));
  await writeFile(join(spool, second), 'cut of');
  sink.away = false;
  await delivered(shipper);
  expect(sink.lost.map(({ number }) => number)).toEqual([0, 1]);
  expect(sink.order).toEqual(['r.t.2']);
});
