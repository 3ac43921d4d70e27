/** What an event can be about. */
export const subjectKinds = [
  'account',
  'device',
  'room',
  'school',
  'alliance',
  'resource',
  'file',
  'class_session',
  'catalog',
  'synonyms',
  'job',
  'audit',
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/**
 * Everything that is written down, with what it is done to. The words stay as they are: they stand in the table for years,
 * and reports are made of them.
 */
export const actions = {
  signed_in: 'account',
  sign_in_refused: 'account',
  'password.changed': 'account',
  'password.reset': 'account',
  'account.created': 'account',
  'account.changed': 'account',
  'account.disabled': 'account',
  'account.enabled': 'account',
  'role.changed': 'account',

  'resource.viewed': 'resource',
  'resource.created': 'resource',
  'resource.changed': 'resource',
  'resource.published': 'resource',
  'resource.withdrawn': 'resource',
  'resource.deleted': 'resource',
  'visibility.changed': 'resource',
  'recording.kept': 'resource',
  'recording.released': 'resource',

  'file.uploaded': 'file',
  'file.viewed': 'file',
  'file.downloaded': 'file',
  /** Taken out of a resource: a night later the server itself deletes it, unless it is taken up again. */
  'file.removed': 'file',
  'file.deleted': 'file',
  'file.quarantined': 'file',
  'recording.viewed': 'file',
  'captions.created': 'file',
  'captions.changed': 'file',
  'captions.deleted': 'file',

  'class_session.created': 'class_session',
  'class_session.changed': 'class_session',
  'class_session.cancelled': 'class_session',
  'class_session.started': 'class_session',
  'class_session.joined': 'class_session',
  'class_session.ended': 'class_session',

  'room.created': 'room',
  'room.changed': 'room',
  'room.deleted': 'room',
  'device.announced': 'device',
  'device.enrolled': 'device',
  'device.revoked': 'device',

  'school.created': 'school',
  'school.changed': 'school',
  'quota.changed': 'school',
  'retention.changed': 'school',
  'pupil_consent.changed': 'school',
  'alliance.created': 'alliance',
  'alliance.changed': 'alliance',
  'catalog.imported': 'catalog',
  'synonyms.changed': 'synonyms',
  'indexing.retried': 'resource',
  'job.retried': 'job',
  'audit.exported': 'audit',
} as const satisfies Record<string, SubjectKind>;

export type Action = keyof typeof actions;
export const actionNames = Object.keys(actions) as [Action, ...Action[]];
