import type { Sightings } from '../trail/sightings.ts';
import type { FileServiceOptions } from './service.ts';

/** Tells the audit trail of the uses of files; what was recorded of a lesson is known by where its objects lie. */
export function noteUses(sightings: Pick<Sightings, 'note'>): NonNullable<FileServiceOptions['onUsed']> {
  return (actor, { id, name, school_id, object_key }, how) => {
    const isRecording = object_key.startsWith('recordings/');
    const action = how === 'downloaded' ? 'file.downloaded' : isRecording ? 'recording.viewed' : 'file.viewed';
    sightings.note(action, { actor, id, title: name, schoolId: school_id });
  };
}
