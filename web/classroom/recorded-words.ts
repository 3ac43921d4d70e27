import type { RecordedFromRoom } from '../../media/protocol.ts';

/** What of a room on stage is in the recording, as a key of `classroom.recorded`. */
export function recordedKey(rooms: readonly RecordedFromRoom[], roomId: string) {
  const sources = rooms.find((room) => room.roomId === roomId)?.sources ?? [];
  if (sources.includes('camera')) return 'voicesAndPictures' as const;
  return sources.includes('microphone') ? ('voices' as const) : ('none' as const);
}
