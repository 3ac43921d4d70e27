import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestAnswer } from '../../media/protocol.ts';
import type { ClassroomClient } from './environment/classroom-client.ts';
import {
  opusParameters,
  presenterClaims,
  receiverClaims,
  startNode,
  type TestNode,
  token,
  vp8Parameters,
} from './environment/node.ts';

const good = { rttMs: 20, loss: 0, downKbps: 600, upKbps: 10, fps: 20, frozen: 0, concealed: 0, path: 'udp' } as const;
const bad = { ...good, loss: 0.3, fps: 0, frozen: 1, concealed: 0.5 };

/** A camera in three sizes, as Chromium sends it. */
function cameraParameters(first: number) {
  return {
    ...vp8Parameters(first),
    encodings: [0, 1, 2].map((layer) => ({ ssrc: first + layer, scalabilityMode: 'L1T3' })),
  };
}

describe('what is sent to whom', () => {
  let room: TestNode;
  beforeAll(async () => {
    room = await startNode();
  });
  afterAll(() => room.close());

  async function begin(id: string, state: 'scheduled' | 'live') {
    room.timetable.add(id, { state, startedAt: state === 'live' ? Date.now() : null });
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims(id)));
    const camera = await presenter.request('produce', { source: 'camera', rtpParameters: cameraParameters(100) });
    await presenter.request('produce', { source: 'microphone', rtpParameters: opusParameters(200) });
    return { presenter, camera };
  }

  async function enter(id: string, number: number) {
    const receiver = await room.connect();
    const answer = await receiver.join(await token(receiverClaims(id, number)));
    await receiver.request('resumeConsumers', { consumerIds: answer.consumers.map((one) => one.id) });
    return { receiver, answer };
  }

  const cameraOf = ({ consumers }: RequestAnswer<'join'>) => {
    const found = consumers.find(({ source }) => source === 'camera');
    if (!found) throw new Error('No camera is offered.');
    return found;
  };
  /** The layers that the presenter was told, in order. */
  const told = (presenter: ClassroomClient) => presenter.all('layersWanted').map(({ spatialLayer }) => spatialLayer);

  it('lets a sender stop the layers that nobody watches, after a while, and asks for them at once when somebody does', async () => {
    const { presenter, camera } = await begin('unwatched', 'scheduled');
    const { receiver, answer } = await enter('unwatched', 1);
    const consumerId = cameraOf(answer).id;
    await receiver.request('setPreferredLayer', { consumerId, spatialLayer: 2 });
    await receiver.request('setPreferredLayer', { consumerId, spatialLayer: 0 });
    expect(told(presenter)).toEqual([]);
    await expect.poll(() => told(presenter), { timeout: 12_000, interval: 200 }).toEqual([0]);
    expect(presenter.all('layersWanted')[0]?.producerId).toBe(camera.producerId);
    await receiver.request('setPreferredLayer', { consumerId, spatialLayer: 2 });
    await expect.poll(() => told(presenter)).toEqual([0, 2]);
    await room.node.endSession('unwatched');
  });

  it('keeps every layer that is recorded', async () => {
    const { presenter } = await begin('recorded', 'scheduled');
    await enter('recorded', 1);
    await expect.poll(() => told(presenter), { timeout: 12_000, interval: 200 }).toEqual([1]);
    room.timetable.add('recorded');
    await room.node.startSession('recorded', []);
    await expect.poll(() => told(presenter)).toEqual([1, 2]);
    await room.node.endSession('recorded');
  });

  it('lowers the room on a bad line alone, tells why, and keeps its sound', async () => {
    const { presenter } = await begin('beside', 'live');
    const [thin, fine] = [await enter('beside', 1), await enter('beside', 2)];
    const bytes = await room.node.stats();
    expect(bytes.consumers).toBe(4);
    // Until who has just come has settled, nobody is lowered.
    const report = async () => {
      await thin.receiver.request('reportLink', bad);
      await fine.receiver.request('reportLink', good);
      return thin.receiver.all('rungChanged').length;
    };
    await expect.poll(report, { timeout: 12_000, interval: 200 }).toBe(1);
    expect(await thin.receiver.hear('rungChanged')).toEqual({
      rung: 'no_thumbnails',
      why: { cause: 'loss', value: 0.3 },
    });
    const rungs = ({ participantId: id }: RequestAnswer<'join'>) =>
      presenter.all('linkChanged').flatMap(({ participantId, link }) => (participantId === id ? [link.rung] : []));
    await expect.poll(() => rungs(thin.answer).at(-1)).toBe('no_thumbnails');
    expect(rungs(thin.answer).filter((rung) => rung !== 'all')).toEqual(['no_thumbnails']);
    expect(new Set(rungs(fine.answer))).toEqual(new Set(['all']));
    expect(fine.receiver.all('rungChanged')).toEqual([]);
    await room.node.endSession('beside');
  });

  it('begins where a device says that it left off', async () => {
    await begin('remembered', 'live');
    const receiver = await room.connect();
    const rtpCapabilities = await receiver.capabilities();
    const answer = await receiver.request('join', {
      token: await token(receiverClaims('remembered', 1)),
      rtpCapabilities,
      rung: 'slides_audio',
    });
    expect(answer).toMatchObject({ rung: 'slides_audio', why: null });
    const thin = await room.connect();
    const inThin = await thin.request('join', {
      token: await token(receiverClaims('remembered', 2)),
      rtpCapabilities,
      downKbps: 280,
    });
    expect(inThin.rung).toBe('low_video');
    for (const wrong of [{ rung: 'everything' }, { downKbps: -1 }, { downKbps: 1e9 }])
      await expect(receiver.requestRaw('join', { token: '', rtpCapabilities, ...wrong })).rejects.toThrow();
    await room.node.endSession('remembered');
  });
});
