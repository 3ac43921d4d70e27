import pg from 'pg';

const uniqueViolation = '23505';
const foreignKeyViolation = '23503';
/** In text, and in JSON: NUL, which no column can hold. */
const unstorable = ['22021', '22P05'];
/** Of whatever cannot be read as what it should be; in JSON that is half of a surrogate pair. */
const unreadable = '22P02';

/** The name of the unique index that a failed statement ran into, or null (PostgreSQL, Appendix A). */
export function violatedUnique(error: unknown): string | null {
  return error instanceof pg.DatabaseError && error.code === uniqueViolation ? (error.constraint ?? null) : null;
}

/** The name of the foreign key that a failed statement ran into, or null. */
export function violatedReference(error: unknown): string | null {
  return error instanceof pg.DatabaseError && error.code === foreignKeyViolation ? (error.constraint ?? null) : null;
}

/** Whether a statement failed because of a character that the database cannot hold. */
export function hasUnstorableCharacter(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return false;
  return unstorable.includes(error.code) || (error.code === unreadable && /^json_/.test(error.routine ?? ''));
}
