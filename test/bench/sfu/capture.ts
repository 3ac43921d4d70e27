import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A packet of RTP as the kernel saw it pass. */
interface Seen {
  /** Since about the first. */
  atMs: number;
  from: number;
  to: number;
  sequence: number;
  timestamp: number;
  marker: boolean;
  /** On the wire; of what is behind the headers only a little is kept. */
  bytes: number;
}

const capturedBytes = 96;
/** Sound is smaller. */
const leastOfPicture = 600;
const beginWithinMs = 15_000;
const headers = { file: 24, packet: 16, ethernet: 14, udp: 8 };
const nanosecondMagic = 0xa1b23c4d;

/** What tcpdump writes with nanoseconds, in the byte order of this machine (pcap-savefile(5)). */
function parse(file: Buffer): Seen[] {
  if (file.readUInt32LE(0) !== nanosecondMagic) throw new Error('tcpdump wrote something else than was asked.');
  const seen: Seen[] = [];
  let startedAt: number | undefined;
  for (let at = headers.file; at + headers.packet <= file.length; ) {
    const record = at;
    startedAt ??= file.readUInt32LE(record);
    const atMs = (file.readUInt32LE(record) - startedAt) * 1000 + file.readUInt32LE(record + 4) / 1e6;
    const length = file.readUInt32LE(record + 8);
    const ip = at + headers.packet + headers.ethernet;
    at += headers.packet + length;
    if (at > file.length) break;
    const udp = ip + (file.readUInt8(ip) & 0x0f) * 4;
    const rtp = udp + headers.udp;
    // STUN, DTLS and RTCP pass by as well (RFC 7983, RFC 5761).
    if (rtp + 12 > at || file.readUInt8(rtp) >> 6 !== 2) continue;
    const payloadType = file.readUInt8(rtp + 1) & 0x7f;
    if (payloadType >= 64 && payloadType < 96) continue;
    seen.push({
      atMs,
      from: file.readUInt16BE(udp),
      to: file.readUInt16BE(udp + 2),
      sequence: file.readUInt16BE(rtp + 2),
      timestamp: file.readUInt32BE(rtp + 4),
      marker: file.readUInt8(rtp + 1) >= 0x80,
      bytes: file.readUInt32LE(record + 12),
    });
  }
  return seen;
}

/** Watches the loopback for a while, as root. */
async function watch(filter: string, ms: number): Promise<Seen[]> {
  const args = ['-i', 'lo', '-Q', 'in', '-nn', '-s', String(capturedBytes), '-B', '16384', '-w', '-'];
  const tcpdump = spawn('tcpdump', [...args, '--time-stamp-precision=nano', filter], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(tcpdump, 'close');
  const pieces: Buffer[] = [];
  let said = '';
  tcpdump.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const listening = new Promise<void>((resolve, reject) => {
    tcpdump.stderr.on('data', (piece: Buffer) => {
      said += String(piece);
      if (said.includes('listening on')) resolve();
    });
    tcpdump.on('error', reject);
    tcpdump.on('exit', () => reject(new Error(`tcpdump: ${said}`)));
    setTimeout(() => reject(new Error(`tcpdump does not begin: ${said}`)), beginWithinMs).unref();
  });
  try {
    await listening;
    await sleep(ms);
  } finally {
    tcpdump.kill('SIGINT');
    await ended;
  }
  const dropped = Number(/(\d+) packets? dropped by kernel/.exec(said)?.[1] ?? Number.NaN);
  if (dropped !== 0) throw new Error(`tcpdump has not seen everything: ${said}`);
  return parse(Buffer.concat(pieces));
}

/** What most of these agree on. */
function mostFrequent(values: Iterable<number>): number {
  const votes = new Map<number, number>();
  for (const value of values) votes.set(value, (votes.get(value) ?? 0) + 1);
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  if (!best) throw new Error('Nothing that left was seen coming.');
  return best[0];
}

/**
 * How far a receiver's sequence numbers are from the presenter's. An SFU may begin both numbers and timestamps anew for each
 * receiver; the distances between the timestamps stay, and no two moments of the lesson have the same.
 */
function offsetOf(incoming: readonly Seen[], outgoing: readonly Seen[]): number {
  const [sources, copies] = [incoming, outgoing].map((seen) => seen.filter(({ marker }) => marker));
  const pairs = (copies ?? []).flatMap((copy) => (sources ?? []).map((source) => ({ copy, source })));
  const apart = ({ copy, source }: (typeof pairs)[number]) => (copy.timestamp - source.timestamp) >>> 0;
  const timestamps = mostFrequent(pairs.map(apart));
  const same = pairs.filter((pair) => apart(pair) === timestamps);
  return mostFrequent(same.map(({ copy, source }) => (copy.sequence - source.sequence) & 0xffff));
}

/**
 * How long the SFU keeps the pictures' packets: from when the kernel takes one from the presenter until it takes the copy for a
 * receiver. Neither the presenter's nor the receivers' own slowness is in it. @returns one delay a packet and receiver, in ms
 */
export async function forwardingDelays(presenterPort: number, ports: readonly number[], ms: number): Promise<number[]> {
  const filter = `udp and (src port ${presenterPort} or ${ports.map((port) => `dst port ${port}`).join(' or ')})`;
  const pictures = (await watch(filter, ms)).filter(({ bytes }) => bytes >= leastOfPicture);
  const incoming = pictures.filter(({ from }) => from === presenterPort);
  const bySequence = new Map(incoming.map((each) => [each.sequence, each]));
  const delays: number[] = [];
  for (const port of ports) {
    const outgoing = pictures.filter(({ to, from }) => to === port && from !== presenterPort);
    const offset = offsetOf(incoming, outgoing);
    for (const { atMs, sequence } of outgoing) {
      const source = bySequence.get((sequence - offset) & 0xffff);
      if (source) delays.push(atMs - source.atMs);
    }
  }
  return delays;
}
