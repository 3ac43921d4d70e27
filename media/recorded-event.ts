import { z } from 'zod';
import { message, stroke, timer } from './room-state.ts';

const inkPage = { fileId: z.string(), page: z.number() };

const inkEvents = [
  z.object({
    ...inkPage,
    type: z.literal('stroke'),
    /** How many points it had before. */
    from: z.number(),
    /** With the points that are new. */
    stroke,
  }),
  z.object({ ...inkPage, type: z.literal('strokeUndone'), strokeId: z.string() }),
  z.object({ ...inkPage, type: z.literal('inkCleared') }),
] as const;

const floorEvents = [
  /** Who is there now. */
  z.object({ type: z.literal('stage'), roomIds: z.array(z.string()) }),
  z.object({ type: z.literal('hand'), roomId: z.string(), raised: z.boolean() }),
  z.object({ type: z.literal('mute'), roomId: z.string(), muted: z.boolean() }),
  z.object({ type: z.literal('message'), message }),
  z.object({ type: z.literal('messageSeen'), messageId: z.string() }),
  z.object({ type: z.literal('timer'), timer: timer.nullable() }),
] as const;

/** What happened to what is drawn on a page of slides. */
export const inkEvent = z.discriminatedUnion('type', inkEvents);
export type InkEvent = z.infer<typeof inkEvent>;

/** What passed between the presenter and the rooms, beside the lesson itself. */
export const floorEvent = z.discriminatedUnion('type', floorEvents);
export type FloorEvent = z.infer<typeof floorEvent>;

/** What happened in a lesson while it was recorded. */
export const lessonEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('slides'), fileId: z.string().nullable(), page: z.number() }),
  z.object({ type: z.literal('slide'), page: z.number() }),
  z.object({ type: z.literal('producer'), trackId: z.string(), paused: z.boolean() }),
  ...floorEvents,
  ...inkEvents,
]);
export type LessonEvent = z.infer<typeof lessonEvent>;
export type LessonEventType = LessonEvent['type'];

const typesOf = (events: readonly { shape: { type: z.ZodLiteral<LessonEventType> } }[]): LessonEventType[] =>
  events.map(({ shape }) => shape.type.value);
export const inkEventTypes = typesOf(inkEvents);
export const floorEventTypes = typesOf(floorEvents);
