import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../web/api/problem.ts';
import { type ReceiveOptions, receive } from '../../../web/download/receive.ts';

const bytes = 3_000_000;
const content = Uint8Array.from({ length: bytes }, (_, at) => (at * 7919) >> 3);
const soon = { firstMs: 1, longestMs: 2 };

type Read = NonNullable<ReceiveOptions['read']>;

/** What one connection brings from `from` on: so many bytes, and then it ends, breaks, or says nothing more. */
function bring(from: number, count: number, then: 'end' | 'break' | 'silence', signal: AbortSignal): Response {
  let at = from;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
    pull(controller) {
      const end = Math.min(at + 200_000, from + count);
      if (end > at) controller.enqueue(content.slice(at, end));
      else if (then === 'break') controller.error(new TypeError('network error'));
      else if (then === 'end') controller.close();
      at = end;
    },
  });
  return new Response(body, { status: 206 });
}

function start(read: Read, more: Partial<ReceiveOptions> = {}) {
  const parts = new Map<number, Blob>();
  const asked: number[] = [];
  const seen: string[] = [];
  const done = receive({
    ...{ fileId: 'file', bytes, received: 0, backOff: soon, signal: new AbortController().signal },
    keep: async (from, part) => void parts.set(from, part),
    progress: () => undefined,
    waiting: () => seen.push('waiting'),
    read: (id, from, signal) => {
      asked.push(from);
      return read(id, from, signal);
    },
    ...more,
  });
  const kept = async () => {
    const ordered = [...parts].toSorted(([a], [b]) => a - b);
    let end = more.received ?? 0;
    for (const [from, part] of ordered) {
      expect(from, 'no hole and nothing twice').toBe(end);
      end += part.size;
    }
    return new Uint8Array(await new Blob(ordered.map(([, part]) => part)).arrayBuffer());
  };
  return { done, kept, asked, seen };
}

describe('a file over a line that is cut', () => {
  it('comes whole, and nothing of it twice', async () => {
    const ways = ['break', 'end', 'break'] as const;
    let turn = 0;
    const { done, kept, asked, seen } = start(async (_, from, signal) => {
      const way = ways[turn++];
      return way ? bring(from, 700_000, way, signal) : bring(from, bytes - from, 'end', signal);
    });
    await done;
    expect(Buffer.compare(await kept(), content)).toBe(0);
    expect(asked).toEqual([0, 700_000, 1_400_000, 2_100_000]);
    expect(seen).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it('goes on where it was left', async () => {
    const { done, kept, asked } = start(async (_, from, signal) => bring(from, bytes - from, 'end', signal), {
      received: 1_234_567,
    });
    await done;
    expect(asked).toEqual([1_234_567]);
    expect(Buffer.compare(await kept(), content.slice(1_234_567))).toBe(0);
  });

  it('is asked for again while the network is away and while the server restarts', async () => {
    const away = [new ApiError('offline', 0, null), new ApiError('unavailable', 503, null)];
    const { done, seen } = start(async (_, from, signal) => {
      const error = away.shift();
      if (error) throw error;
      return bring(from, bytes - from, 'end', signal);
    });
    await done;
    expect(seen).toHaveLength(2);
  });

  it('is asked for again when nothing more comes and nothing says so', async () => {
    let turn = 0;
    const { done, kept, asked } = start(
      async (_, from, signal) =>
        bring(from, turn++ === 0 ? 500_000 : bytes - from, turn === 1 ? 'silence' : 'end', signal),
      { stalledAfterMs: 50 },
    );
    await done;
    expect(asked).toEqual([0, 500_000]);
    expect(Buffer.compare(await kept(), content)).toBe(0);
  });
});

describe('a file that is not given any more', () => {
  it('ends, with what has come', async () => {
    const refusal = new ApiError('not_found', 404, null);
    const { done, asked } = start(async (_, from, signal) => {
      if (from > 0) throw refusal;
      return bring(from, 700_000, 'break', signal);
    });
    await expect(done).rejects.toBe(refusal);
    expect(asked).toEqual([0, 700_000]);
  });

  it('ends when the whole comes in place of the rest', async () => {
    const { done } = start(async () => new Response(content, { status: 200 }), { received: 10 });
    await expect(done).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('whoever receives it', () => {
  it('may stop, and keeps what has come', async () => {
    const life = new AbortController();
    const { done, kept } = start(
      async (_, from, signal) => {
        setTimeout(() => life.abort(), 20);
        return bring(from, 300_000, 'silence', signal);
      },
      { signal: life.signal },
    );
    await expect(done).rejects.toMatchObject({ name: 'AbortError' });
    expect((await kept()).length).toBe(300_000);
  });

  it('is told when there is no room for it', async () => {
    const full = new ApiError('no_room_here', 0, null);
    const { done, asked } = start(async (_, from, signal) => bring(from, bytes - from, 'end', signal), {
      keep: () => Promise.reject(full),
    });
    await expect(done).rejects.toBe(full);
    expect(asked).toEqual([0]);
  });
});
