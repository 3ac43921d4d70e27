/** Many receivers in one process, asked by IPC. Ends when whoever started it is gone. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { PeerConnection as Peer, type PeerConnection, RtcpReceivingSession } from 'node-datachannel';
import type { Answer, Question, Received, Receiving } from './receiving.ts';
import { StreamCount } from './stream-count.ts';

const connectWithinMs = 30_000;

// Elsewhere they would have machines of their own: the SFU goes first.
setPriority(0);

/** One for each stream of each receiver. */
const counts: StreamCount[] = [];
const sockets: Socket[] = [];
const peers: PeerConnection[] = [];

const isReport = (packet: Buffer) => ((packet[1] ?? 0) & 0x7f) >= 64 && ((packet[1] ?? 0) & 0x7f) < 96;

/** @returns takes the packets of one receiver, of however many streams */
function counter(): (packet: Buffer) => void {
  const bySsrc = new Map<number, StreamCount>();
  return (packet) => {
    if (packet.length < 12 || isReport(packet)) return;
    const ssrc = packet.readUInt32BE(8);
    let count = bySsrc.get(ssrc);
    if (!count) {
      count = new StreamCount();
      bySsrc.set(ssrc, count);
      counts.push(count);
    }
    count.take(packet);
  };
}

const receiving: Receiving = {
  async listen({ count }) {
    const opened = Array.from({ length: count }, () => createSocket({ type: 'udp4', recvBufferSize: 1 << 20 }));
    await Promise.all(
      opened.map(async (socket) => {
        socket.on('message', counter());
        socket.bind(0, '127.0.0.1');
        await once(socket, 'listening');
      }),
    );
    sockets.push(...opened);
    return opened.map((socket) => socket.address().port);
  },
  async accept({ offer, address }) {
    const peer = new Peer(`receiver-${peers.length}`, { iceServers: [], bindAddress: address });
    peers.push(peer);
    const take = counter();
    // What is not held is collected, and hears nothing any more.
    const held: unknown[] = [];
    Object.assign(peer, { held });
    peer.onTrack((track) => {
      track.setMediaHandler(new RtcpReceivingSession());
      track.onMessage(take);
      held.push(track);
    });
    const gathered = new Promise<void>((resolve) => {
      peer.onGatheringStateChange((state) => state === 'complete' && resolve());
    });
    peer.setRemoteDescription(offer, 'offer');
    await gathered;
    const answer = peer.localDescription();
    if (!answer) throw new Error('The client has no answer.');
    return answer.sdp;
  },
  async connected() {
    const deadline = Date.now() + connectWithinMs;
    for (;;) {
      const waiting = peers.filter((peer) => peer.state() !== 'connected');
      if (waiting.length === 0) break;
      if (Date.now() > deadline) throw new Error(`${waiting.length} of ${peers.length} receivers are not connected.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return peers.map((peer) => {
      const pair = peer.getSelectedCandidatePair();
      if (!pair) throw new Error('A receiver is connected by no pair of addresses.');
      return pair.local.port;
    });
  },
  async mark() {
    for (const count of counts) count.mark();
  },
  async count() {
    const sum: Received = { bytes: 0, packets: 0, lost: 0, flowing: 0 };
    for (const { bytes, packets, lost } of counts) {
      sum.bytes += bytes;
      sum.packets += packets;
      sum.lost += lost;
      sum.flowing += packets > 0 ? 1 : 0;
    }
    return sum;
  },
};

const say = (answer: Answer) => process.send?.(answer);

process.on('message', ({ id, method, asked }: Question) => {
  receiving[method](asked).then(
    (answer) => say({ id, answer }),
    (error: unknown) => say({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
