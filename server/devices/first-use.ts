import type { Database } from '../database/database.ts';
import { recordEvent } from '../trail/trail.ts';
import { findConfirmation, findKeyHolder, lockRoom, noteFirstUse, revokeFormer } from './enrolment-repository.ts';

/**
 * A device has come with its key for the first time: now the one that the room had loses its own. Until then the room is
 * not without one, though the new key may get lost on the way.
 * @returns the ids of those that lost it; null when the device has lost its key itself meanwhile
 */
export async function takePlace(db: Database, deviceId: string): Promise<string[] | null> {
  return await db.transaction().execute(async (trx) => {
    const roomId = (await findKeyHolder(trx, deviceId))?.roomId;
    if (roomId === undefined || !(await lockRoom(trx, roomId))) return null;
    const holder = await findKeyHolder(trx, deviceId);
    if (holder === undefined) return null;
    // Of the first requests of a page, which come at once, one was sooner.
    if (holder.keyUsedAt !== null) return [];
    const revoked = await revokeFormer(trx, roomId, 'in use');
    await noteFirstUse(trx, deviceId);
    const by = await findConfirmation(trx, deviceId);
    for (const id of revoked) await recordEvent(trx, 'device.revoked', { ...by, id });
    return revoked;
  });
}
