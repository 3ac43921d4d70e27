import { z } from 'zod';
import { recordingState, source } from './protocol.ts';
import { lessonEvent } from './recorded-event.ts';

const recordingId = z.string();
const at = z.number();

const chunk = z.object({
  recordingId,
  trackId: z.string(),
  epoch: z.number(),
  number: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  packets: z.number(),
  firstSequence: z.number(),
  lastSequence: z.number(),
  firstArrival: z.number(),
  lastArrival: z.number(),
});

/** What goes to the sink in order; parsed when it comes back from this node's disk. */
const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('track'),
    value: z.object({
      recordingId,
      trackId: z.string(),
      epoch: z.number(),
      participantId: z.string(),
      role: z.enum(['presenter', 'receiver']),
      roomId: z.string().nullable(),
      source,
      kind: z.enum(['audio', 'video']),
      mimeType: z.string(),
      clockRate: z.number(),
      channels: z.number().nullable(),
      openedAt: at,
    }),
  }),
  z.object({ kind: z.literal('chunk'), value: chunk }),
  /** A chunk whose bytes are gone. */
  z.object({ kind: z.literal('lost'), value: chunk }),
  z.object({
    kind: z.literal('state'),
    value: z.object({ recordingId, state: recordingState, reason: z.string().nullable(), at }),
  }),
  z.object({
    kind: z.literal('event'),
    value: z.object({ recordingId, at }).and(lessonEvent),
  }),
]);
export type Entry = z.infer<typeof entrySchema>;

/** As it lies on this node's disk: one line of JSON, then the chunk's bytes. */
export function encodeEntry(entry: Entry, bytes: Buffer | null): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(entry)}\n`), bytes ?? Buffer.alloc(0)]);
}

/** @throws SyntaxError, ZodError when it holds no entry */
export function decodeEntry(file: Buffer): { entry: Entry; bytes: Buffer } {
  const end = file.indexOf(0x0a);
  const entry = entrySchema.parse(JSON.parse(file.subarray(0, end).toString()));
  return { entry, bytes: file.subarray(end + 1) };
}
