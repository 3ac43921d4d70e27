import type { Database } from '../database/database.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import type { AccountRow } from './repository.ts';
import type { AccountPatch } from './schema.ts';

/** Writes down what a patch changed of an account, each kind of change under its own name. */
export async function recordChange(
  trx: Database,
  actor: AccountActor,
  before: AccountRow,
  patch: AccountPatch,
): Promise<void> {
  const { id } = before;
  const { role, disabled, ...others } = patch;
  const fields = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (role !== undefined && role !== before.role) {
    await recordEvent(trx, 'role.changed', { actor, id, details: { from: before.role, to: role } });
  }
  if (disabled !== undefined && disabled !== (before.disabled_at !== null)) {
    await recordEvent(trx, disabled ? 'account.disabled' : 'account.enabled', { actor, id });
  }
  if (fields.length > 0) await recordEvent(trx, 'account.changed', { actor, id, details: { fields } });
}
