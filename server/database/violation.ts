import pg from 'pg';

const uniqueViolation = '23505';
const foreignKeyViolation = '23503';

/** The name of the unique index that a failed statement ran into, or null (PostgreSQL, Appendix A). */
export function violatedUnique(error: unknown): string | null {
  return error instanceof pg.DatabaseError && error.code === uniqueViolation ? (error.constraint ?? null) : null;
}

/** The name of the foreign key that a failed statement ran into, or null. */
export function violatedReference(error: unknown): string | null {
  return error instanceof pg.DatabaseError && error.code === foreignKeyViolation ? (error.constraint ?? null) : null;
}
