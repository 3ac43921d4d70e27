import type { types } from 'mediasoup-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Connection } from '../../../web/classroom/connection.ts';
import { ClassroomFailure, type FailureCode } from '../../../web/classroom/failure.ts';
import { createSending } from '../../../web/classroom/sending.ts';
import type { Transports } from '../../../web/classroom/transports.ts';

/** Tells of each request and each producer, and loses the line on demand. */
function setUp() {
  const told: string[] = [];
  const line: { lost: boolean; refuse: FailureCode | null; gone: boolean } = { lost: false, refuse: null, gone: false };
  let made = 0;
  const request = vi.fn(async (method: string) => {
    if (line.lost) throw new ClassroomFailure('line_lost');
    if (line.gone) throw new ClassroomFailure('not_found');
    told.push(method);
    return {};
  }) as unknown as Connection['request'];
  const transports = {
    send: {},
    async produce(source: string, track: MediaStreamTrack, _music: boolean, paused: boolean) {
      if (line.refuse) throw new ClassroomFailure(line.refuse);
      if (line.lost) throw new ClassroomFailure('line_lost');
      told.push(`produce ${source}`);
      made += 1;
      const producer = {
        id: `producer-${made}`,
        closed: false,
        paused,
        track,
        close() {
          producer.closed = true;
        },
        pause() {
          producer.paused = true;
        },
        resume() {
          producer.paused = false;
        },
        async setMaxSpatialLayer(layer: number) {
          told.push(`layers to ${layer}`);
        },
        async replaceTrack(next: { track: MediaStreamTrack }) {
          producer.track = next.track;
          told.push('replaceTrack');
        },
      };
      return producer as unknown as types.Producer;
    },
  } as unknown as Transports;
  const refused = vi.fn();
  const sending = createSending({ request, refused, music: () => false });
  return { sending, transports, told, line, refused };
}
const track = (id: string): MediaStreamTrack => ({ id }) as MediaStreamTrack;

describe('what a browser sends', () => {
  it('waits for transports, then sends', async () => {
    const { sending, transports, told } = setUp();
    sending.set('camera', track('a'));
    expect(sending.states.get('camera')).toBe('waiting');
    sending.attach(transports);
    await vi.waitFor(() => expect(sending.states.get('camera')).toBe('sending'));
    expect(told).toEqual(['produce camera']);
  });

  it('takes another camera without a new producer', async () => {
    const { sending, transports, told } = setUp();
    sending.attach(transports);
    sending.set('camera', track('a'));
    await vi.waitFor(() => expect(sending.states.get('camera')).toBe('sending'));
    sending.set('camera', track('b'));
    await vi.waitFor(() => expect(told).toEqual(['produce camera', 'replaceTrack']));
  });

  it('stops the layers that nobody wants, of the producer that is meant', async () => {
    const { sending, transports, told } = setUp();
    sending.attach(transports);
    sending.set('camera', track('a'));
    await vi.waitFor(() => expect(sending.states.get('camera')).toBe('sending'));
    sending.handlers.layersWanted?.({ producerId: 'another', spatialLayer: 0 });
    sending.handlers.layersWanted?.({ producerId: 'producer-1', spatialLayer: 1 });
    expect(told).toEqual(['produce camera', 'layers to 1']);
  });

  it('falls silent at once without the line, and tells the node when it is back', async () => {
    const { sending, transports, told, line } = setUp();
    sending.attach(transports);
    sending.set('microphone', track('a'));
    await vi.waitFor(() => expect(sending.states.get('microphone')).toBe('sending'));
    line.lost = true;
    sending.pause('microphone', true);
    await vi.waitFor(() => expect(sending.states.get('microphone')).toBe('paused'));
    expect(told).not.toContain('pauseProducer');
    line.lost = false;
    sending.lineBack();
    await vi.waitFor(() => expect(told).toContain('pauseProducer'));
  });

  it('withdraws a source although the line was gone when it stopped', async () => {
    const { sending, transports, told, line } = setUp();
    sending.attach(transports);
    sending.set('screen', track('a'));
    await vi.waitFor(() => expect(sending.states.get('screen')).toBe('sending'));
    line.lost = true;
    sending.stop('screen');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told).not.toContain('closeProducer');
    line.lost = false;
    sending.lineBack();
    await vi.waitFor(() => expect(told).toEqual(['produce screen', 'closeProducer']));
  });

  it('closes the old producer before a source that was stopped without the line is sent again', async () => {
    const { sending, transports, told, line } = setUp();
    sending.attach(transports);
    sending.set('screen', track('a'));
    await vi.waitFor(() => expect(sending.states.get('screen')).toBe('sending'));
    line.lost = true;
    sending.stop('screen');
    await new Promise((resolve) => setTimeout(resolve, 5));
    sending.set('screen', track('b'));
    line.lost = false;
    sending.lineBack();
    await vi.waitFor(() => expect(told).toEqual(['produce screen', 'closeProducer', 'produce screen']));
  });

  it('begins anew on the transports of the next epoch', async () => {
    const { sending, transports, told } = setUp();
    sending.attach(transports);
    sending.set('camera', track('a'));
    sending.set('microphone', track('b'), true);
    await vi.waitFor(() => expect(sending.states.get('microphone')).toBe('paused'));
    sending.attach({ ...transports });
    await vi.waitFor(() => expect(told).toHaveLength(4));
    expect(told.slice(2).sort()).toEqual(['produce camera', 'produce microphone']);
  });

  it('gives a source up when the node refuses it, and says so', async () => {
    const { sending, transports, line, refused } = setUp();
    sending.attach(transports);
    line.refuse = 'not_on_stage';
    sending.set('camera', track('a'));
    await vi.waitFor(() => expect(refused).toHaveBeenCalledWith('camera', 'not_on_stage'));
    expect(sending.states.has('camera')).toBe(false);
  });

  it('tries again what failed for want of a worker', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { sending, transports, line, refused, told } = setUp();
    line.refuse = 'media_unavailable';
    sending.attach(transports);
    sending.set('microphone', track('a'));
    await vi.advanceTimersByTimeAsync(2_500);
    expect(sending.states.get('microphone')).toBe('waiting');
    line.refuse = null;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sending.states.get('microphone')).toBe('sending');
    expect(refused).not.toHaveBeenCalled();
    expect(told).toEqual(['produce microphone']);
  });

  it('sends anew what the node no longer knows', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { sending, transports, line, told } = setUp();
    sending.attach(transports);
    sending.set('microphone', track('a'));
    await vi.advanceTimersByTimeAsync(0);
    line.gone = true;
    sending.pause('microphone', true);
    await vi.advanceTimersByTimeAsync(0);
    line.gone = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sending.states.get('microphone')).toBe('paused');
    expect(told).toEqual(['produce microphone', 'produce microphone']);
  });

  it('stops when the node closed its producer: the room was sent down', async () => {
    const { sending, transports } = setUp();
    sending.attach(transports);
    sending.set('camera', track('a'));
    await vi.waitFor(() => expect(sending.states.get('camera')).toBe('sending'));
    sending.handlers.producerClosed?.({ producerId: 'producer-1', source: 'camera', reason: 'sent_down' });
    expect(sending.states.has('camera')).toBe(false);
  });
});
