import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeCodes } from '../../../media/protocol.ts';
import { ApiError } from '../../../web/api/problem.ts';
import { type Connection, type ConnectionOptions, createConnection } from '../../../web/classroom/connection.ts';
import type { NotificationHandlers } from '../../../web/classroom/socket.ts';
import { joinAnswer, openNode } from './node-in-test.ts';

const backOff = { firstMs: 20, longestMs: 40 };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Answers = Parameters<typeof openNode>[0];

async function enter(answers: Answers, handlers: NotificationHandlers = {}, more: Partial<ConnectionOptions> = {}) {
  const node = await openNode({ leave: () => ({}), ...answers });
  const states: string[] = [];
  const admissions: string[] = [];
  const resumed = vi.fn();
  const connection: Connection = createConnection({
    async admit() {
      admissions.push(`token-${admissions.length + 1}`);
      return { token: admissions.at(-1) ?? '', url: node.url };
    },
    capabilities: async () => ({ codecs: [], headerExtensions: [] }),
    joined: () => undefined,
    resumed,
    handlers,
    changed: (state, reason) => states.push(reason ? `${state}:${reason}` : state),
    backOff,
    ...more,
  });
  closing.push(
    () => node.close(),
    () => connection.leave(),
  );
  const reached = (state: string, times = 1) =>
    vi.waitFor(() => expect(states.filter((each) => each === state)).toHaveLength(times), { timeout: 5000 });
  return { node, connection, states, admissions, resumed, reached };
}

describe('a connection to the classroom', () => {
  it('joins once with the token of the API', async () => {
    const { node, admissions, states, reached } = await enter({ join: () => joinAnswer(0) });
    await reached('open');
    expect(states).toEqual(['connecting', 'open']);
    expect(node.peers[0]?.asked[0]).toMatchObject({ method: 'join', data: { token: 'token-1' } });
    expect(admissions).toHaveLength(1);
  });

  it('stays on one socket while the node is silent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    closing.push(() => vi.useRealTimers());
    const { node, states, reached } = await enter({ join: () => joinAnswer(0) });
    await reached('open');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toEqual(['connecting', 'open']);
    expect(node.peers).toHaveLength(1);
  });

  it('does not wait where it is hurried, neither for its pause nor for a node that does not answer', async () => {
    let mute = false;
    const slow = { firstMs: 60_000, longestMs: 60_000 };
    const { node, connection, states, reached } = await enter(
      {
        join: () => joinAnswer(0),
        resume: () => (mute ? null : { kind: 'replay', epoch: 1, missed: 0 }),
      },
      {},
      { backOff: slow },
    );
    await reached('open');
    connection.hurry();
    mute = true;
    node.peers[0]?.socket.terminate();
    await reached('reconnecting');
    connection.hurry();
    await vi.waitFor(() => expect(node.peers[1]?.asked[0]?.method).toBe('resume'), { timeout: 5000 });
    mute = false;
    connection.hurry();
    await reached('open', 2);
    expect(node.peers).toHaveLength(3);
    expect(states.at(-1)).toBe('open');
  });

  it('stays where its socket answers, whatever makes it doubt', async () => {
    const { node, connection, states, reached } = await enter({ join: () => joinAnswer(0), ping: () => ({}) });
    await reached('open');
    connection.doubt();
    await vi.waitFor(() => expect(node.peers[0]?.asked.at(-1)?.method).toBe('ping'), { timeout: 5000 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(node.peers).toHaveLength(1);
    expect(states).toEqual(['connecting', 'open']);
    await connection.request('ping', {});
  });

  it('moves to the socket that is greeted while the one before does not answer', async () => {
    let openWhenResumed = false;
    const { node, connection, admissions, states, reached } = await enter({
      join: () => joinAnswer(3),
      ping: (_, peer) => (peer === node.peers[0] ? null : {}),
      resume() {
        openWhenResumed = node.peers[0]?.socket.readyState === 1;
        return { kind: 'replay', epoch: 1, missed: 0 };
      },
    });
    await reached('open');
    connection.doubt();
    connection.doubt();
    await reached('open', 2);
    expect(node.peers).toHaveLength(2);
    expect(node.peers[1]?.asked[0]).toEqual({ method: 'resume', data: { resumeToken: 'resume-3', lastSeq: 3 } });
    await vi.waitFor(() => expect(node.peers[0]?.socket.readyState).toBe(3), { timeout: 5000 });
    expect(openWhenResumed, 'while the node moved it').toBe(true);
    expect(admissions).toHaveLength(1);
    expect(states).toEqual(['connecting', 'open', 'reconnecting', 'open']);
    await connection.request('ping', {});
  });

  it('resumes after a cut socket with the last notification it has handled, without a new token', async () => {
    const pages: number[] = [];
    const { node, admissions, resumed, reached } = await enter(
      { join: () => joinAnswer(4), resume: () => ({ kind: 'replay', epoch: 1, missed: 1 }) },
      { slideTurned: ({ page }) => void pages.push(page) },
    );
    await reached('open');
    node.peers[0]?.notify('slideTurned', { page: 2, at: 1, ink: [] }, 5);
    node.peers[0]?.notify('slideTurned', { page: 3, at: 2, ink: [] }, 6);
    await vi.waitFor(() => expect(pages).toEqual([2, 3]), { timeout: 5000 });
    node.peers[0]?.socket.terminate();
    await reached('open', 2);
    expect(node.peers[1]?.asked[0]).toEqual({ method: 'resume', data: { resumeToken: 'resume-4', lastSeq: 6 } });
    expect(admissions).toHaveLength(1);
    expect(resumed).toHaveBeenCalledWith({ kind: 'replay', epoch: 1, missed: 1 });
    node.peers[1]?.notify('slideTurned', { page: 4, at: 3, ink: [] }, 7);
    await vi.waitFor(() => expect(pages).toEqual([2, 3, 4]), { timeout: 5000 });
  });

  it('goes on from the seq of a snapshot', async () => {
    const { resumeToken: _, ...snapshot } = joinAnswer(90);
    const { node, reached } = await enter({
      join: () => joinAnswer(0),
      resume: () => ({ kind: 'snapshot', snapshot }),
    });
    await reached('open');
    node.peers[0]?.socket.terminate();
    await reached('open', 2);
    node.peers[1]?.socket.terminate();
    await reached('open', 3);
    expect(node.peers[2]?.asked[0]).toMatchObject({ data: { lastSeq: 90 } });
  });

  it('begins anew with a fresh token when the node no longer knows it', async () => {
    const { node, admissions, reached } = await enter({
      join: () => joinAnswer(0),
      resume: () => ({ refuse: 'resume_unknown' }),
    });
    await reached('open');
    node.peers[0]?.socket.terminate();
    await reached('open', 2);
    expect(admissions).toEqual(['token-1', 'token-2']);
    expect(node.peers.at(-1)?.asked[0]).toMatchObject({ method: 'join', data: { token: 'token-2' } });
  });

  it('keeps trying while the API does not answer', async () => {
    let tries = 0;
    const { states, reached } = await enter(
      { join: () => joinAnswer(0) },
      {},
      {
        admit: async () => {
          tries += 1;
          throw new ApiError('offline', 0, null);
        },
      },
    );
    await vi.waitFor(() => expect(tries).toBeGreaterThan(3), { timeout: 5000 });
    await reached('connecting');
    expect(states).not.toContain('open');
  });

  it('reports a fault of its own, and tries on', async () => {
    const fault = new TypeError('no such function');
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    closing.push(() => void vi.unstubAllGlobals());
    let asked = 0;
    const { reached } = await enter(
      { join: () => joinAnswer(0) },
      {},
      {
        async capabilities() {
          asked += 1;
          if (asked === 1) throw fault;
          return { codecs: [], headerExtensions: [] };
        },
      },
    );
    await reached('open');
    expect(reported.mock.calls).toEqual([[fault]]);
  });

  it('gives up when the API refuses for good', async () => {
    const { reached } = await enter(
      {},
      {},
      {
        admit: async () => {
          throw new Error('forbidden');
        },
        isFinal: () => true,
      },
    );
    await reached('closed:refused');
  });

  it.each([
    ['ended', closeCodes.ended],
    ['replaced', closeCodes.replaced],
  ])('does not come back after %s', async (reason, code) => {
    const { node, states, reached } = await enter({ join: () => joinAnswer(0) });
    await reached('open');
    node.peers[0]?.socket.close(code);
    await reached(`closed:${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(node.peers).toHaveLength(1);
    expect(states.at(-1)).toBe(`closed:${reason}`);
  });

  it('takes a frame of another protocol for a reason to begin anew, and reports it', async () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    closing.push(() => void vi.unstubAllGlobals());
    const { node, admissions, reached } = await enter({ join: () => joinAnswer(0) });
    await reached('open');
    node.peers[0]?.notify('slideTurned', { page: 'two' }, 1);
    await reached('open', 2);
    expect(admissions).toHaveLength(2);
    expect(reported).toHaveBeenCalledOnce();
  });

  it('gives up on a line that went silent, and resumes', async () => {
    const { node, connection, reached } = await enter({
      join: () => joinAnswer(0),
      turnSlide: () => null,
      resume: () => ({ kind: 'replay', epoch: 1, missed: 0 }),
    });
    await reached('open');
    await expect(connection.request('turnSlide', { page: 2 }, 60)).rejects.toMatchObject({ code: 'timed_out' });
    await reached('open', 2);
    expect(node.peers[1]?.asked[0]?.method).toBe('resume');
  });

  it('refuses requests while the line is gone, and says goodbye when it leaves', async () => {
    const { node, connection, reached } = await enter({ join: () => joinAnswer(0) });
    await expect(connection.request('turnSlide', { page: 2 })).rejects.toMatchObject({ code: 'line_lost' });
    await reached('open');
    connection.leave();
    await reached('closed:left');
    await vi.waitFor(() => expect(node.peers[0]?.asked.at(-1)?.method).toBe('leave'), { timeout: 5000 });
  });
});
