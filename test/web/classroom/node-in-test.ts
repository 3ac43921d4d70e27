import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Method, type RequestAnswer, requestFrame } from '../../../media/protocol.ts';

/** The node's side of one socket, driven by a test. */
export interface Peer {
  socket: WebSocket;
  /** What the client asked, in order. */
  asked: { method: string; data: unknown }[];
  notify(method: string, data: unknown, seq: number | null): void;
}

type Answers = { [M in Method]?: (data: unknown, peer: Peer) => RequestAnswer<M> | { refuse: string } | null };

const capabilities = { codecs: [], headerExtensions: [] };

const transport = (id: string) => ({
  id,
  iceParameters: { usernameFragment: 'u', password: 'p', iceLite: true },
  iceCandidates: [],
  dtlsParameters: { fingerprints: [{ algorithm: 'sha-256' as const, value: 'AA' }] },
});

/** A room at page 1 in which nobody sends anything. */
export function joinAnswer(seq: number): RequestAnswer<'join'> {
  return {
    participantId: 'me',
    resumeToken: `resume-${seq}`,
    sendTransport: null,
    receiveTransport: transport('receive'),
    iceServers: [],
    epoch: 1,
    seq,
    session: { id: 's', title: '分数', live: true, startedAt: 1, music: false },
    participants: [],
    now: Date.now(),
    stage: [],
    turns: [],
    hands: [],
    headCounts: [],
    timer: null,
    messages: [],
    slides: null,
    page: 1,
    ink: [],
    recording: null,
    recordedFromRooms: [],
    consumers: [],
    rung: 'all',
    why: null,
  };
}

/** A real WebSocket server that says hello and answers by the test's table; `null` never answers. */
export async function openNode(answers: Answers) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const peers: Peer[] = [];
  server.on('connection', (socket) => {
    const peer: Peer = {
      socket,
      asked: [],
      notify: (method, data, seq) => socket.send(JSON.stringify({ type: 'notification', seq, method, data })),
    };
    peers.push(peer);
    peer.notify('hello', { version: 1, routerRtpCapabilities: capabilities }, null);
    socket.on('message', (text) => {
      const { id, method, data } = requestFrame.parse(JSON.parse(String(text)));
      peer.asked.push({ method, data });
      const answer = answers[method as Method]?.(data, peer);
      if (answer === null) return;
      const refused =
        answer !== undefined && 'refuse' in answer ? answer.refuse : answer === undefined ? 'not_found' : null;
      const frame = refused
        ? { type: 'response', id, ok: false, error: { code: refused, status: 400 } }
        : { type: 'response', id, ok: true, data: answer };
      socket.send(JSON.stringify(frame));
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/classroom`,
    peers,
    async close() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
