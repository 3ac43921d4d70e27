/**
 * The format of a chunk: what a track's recorder received, in the order of arrival.
 *
 * `TKR1`, then records, each: length of the rest (16 bits, as in RFC 4571), type (8 bits: 1 = RTP, 2 = sender report),
 * arrival (48 bits, tenths of milliseconds since 1970), and
 * - RTP: extended sequence number (32 bits; RFC 3550, appendix A.1), the RTP packet as received;
 * - sender report: NTP seconds and fraction (32 bits each), RTP timestamp (32 bits), SSRC (32 bits).
 * All numbers are big-endian. A chunk cut short (by a crash while it was written) is good up to its last whole record.
 */

const magic = Buffer.from('TKR1', 'latin1');
const typeRtp = 1;
const typeSenderReport = 2;
const headBytes = 2 + 1 + 6;

export type LoggedPacket = { type: 'rtp'; arrival: number; sequence: number; packet: Buffer };
export type LoggedSenderReport = {
  type: 'sr';
  arrival: number;
  ntpSeconds: number;
  ntpFraction: number;
  rtpTimestamp: number;
  ssrc: number;
};
export type LogRecord = LoggedPacket | LoggedSenderReport;

/** Appends records; `arrival` in milliseconds since 1970, kept to a tenth. */
export class RtpLogWriter {
  #parts: Buffer[] = [magic];
  #bytes = magic.length;

  get bytes(): number {
    return this.#bytes;
  }

  packet(arrival: number, sequence: number, packet: Buffer): void {
    const head = Buffer.allocUnsafe(headBytes + 4);
    writeHead(head, 7 + 4 + packet.length, typeRtp, arrival);
    head.writeUInt32BE(sequence, headBytes);
    this.#append(head, packet);
  }

  senderReport(arrival: number, report: Omit<LoggedSenderReport, 'type' | 'arrival'>): void {
    const record = Buffer.allocUnsafe(headBytes + 16);
    writeHead(record, 7 + 16, typeSenderReport, arrival);
    record.writeUInt32BE(report.ntpSeconds, headBytes);
    record.writeUInt32BE(report.ntpFraction, headBytes + 4);
    record.writeUInt32BE(report.rtpTimestamp, headBytes + 8);
    record.writeUInt32BE(report.ssrc, headBytes + 12);
    this.#append(record);
  }

  /** The whole chunk; the writer is spent. */
  finish(): Buffer {
    return Buffer.concat(this.#parts, this.#bytes);
  }

  #append(...parts: Buffer[]): void {
    for (const part of parts) {
      this.#parts.push(part);
      this.#bytes += part.length;
    }
  }
}

function writeHead(target: Buffer, length: number, type: number, arrival: number): void {
  target.writeUInt16BE(length, 0);
  target.writeUInt8(type, 2);
  target.writeUIntBE(Math.round(arrival * 10), 3, 6);
}

/** Reads a chunk. Records share the memory of `chunk`. @throws Error when it is not a chunk at all */
export function* readRtpLog(chunk: Buffer): Generator<LogRecord> {
  if (!chunk.subarray(0, magic.length).equals(magic)) throw new Error('not a recording chunk');
  let at = magic.length;
  while (at + headBytes <= chunk.length) {
    const end = at + 2 + chunk.readUInt16BE(at);
    if (end > chunk.length) return;
    const record = readRecord(chunk.subarray(at, end));
    if (record) yield record;
    at = end;
  }
}

function readRecord(record: Buffer): LogRecord | null {
  const arrival = record.readUIntBE(3, 6) / 10;
  const body = record.subarray(headBytes);
  switch (record.readUInt8(2)) {
    case typeRtp:
      if (body.length < 4) return null;
      return { type: 'rtp', arrival, sequence: body.readUInt32BE(0), packet: body.subarray(4) };
    case typeSenderReport:
      if (body.length < 16) return null;
      return {
        type: 'sr',
        arrival,
        ntpSeconds: body.readUInt32BE(0),
        ntpFraction: body.readUInt32BE(4),
        rtpTimestamp: body.readUInt32BE(8),
        ssrc: body.readUInt32BE(12),
      };
    default:
      // A later version may log more; what is known stays readable.
      return null;
  }
}
