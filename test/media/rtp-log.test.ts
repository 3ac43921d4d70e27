import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RtpLogWriter, readRtpLog } from '../../media/rtp-log.ts';

describe('a chunk', () => {
  const packets = [
    { arrival: 1_763_900_000_123.4, sequence: 65_536, packet: randomBytes(1_200) },
    { arrival: 1_763_900_000_140, sequence: 65_537, packet: randomBytes(12) },
  ];
  const report = { ntpSeconds: 3_900_000_000, ntpFraction: 4_294_967_295, rtpTimestamp: 12_345, ssrc: 7 };

  function write(): Buffer {
    const writer = new RtpLogWriter();
    for (const { arrival, sequence, packet } of packets) writer.packet(arrival, sequence, packet);
    writer.senderReport(1_763_900_000_150.5, report);
    return writer.finish();
  }

  it('gives back what was written', () => {
    expect([...readRtpLog(write())]).toEqual([
      ...packets.map((packet) => ({ type: 'rtp', ...packet })),
      { type: 'sr', arrival: 1_763_900_000_150.5, ...report },
    ]);
  });

  it('is good up to where it was cut', () => {
    const chunk = write();
    for (let length = 4; length < chunk.length; length += 1) {
      const records = [...readRtpLog(chunk.subarray(0, length))];
      expect(records).toEqual([...readRtpLog(chunk)].slice(0, records.length));
    }
    expect([...readRtpLog(chunk.subarray(0, chunk.length - 1))]).toHaveLength(2);
  });

  it('is told from what is no chunk', () => {
    expect(() => [...readRtpLog(randomBytes(100))]).toThrow('not a recording chunk');
  });
});
