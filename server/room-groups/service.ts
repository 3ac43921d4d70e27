import { roomsInAlliance } from '../database/alliance-rooms.ts';
import type { Database } from '../database/database.ts';
import { violatedUnique } from '../database/violation.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { mayKeepGroup } from './policy.ts';
import {
  allianceExists,
  countGroups,
  deleteGroup,
  insertGroup,
  listGroups,
  type RoomGroupRow,
  renameGroup,
  setGroupRooms,
} from './repository.ts';
import type { RoomGroup, RoomGroupInput } from './schema.ts';

export type RoomGroupService = ReturnType<typeof createRoomGroupService>;

/** Of an alliance: all are shown in one list. */
const most = 500;

const answerOf = (actor: AccountActor, row: RoomGroupRow): RoomGroup => ({
  id: row.id,
  name: row.name,
  owner: { id: row.ownerId, name: row.ownerName },
  roomIds: row.roomIds,
  mayKeep: mayKeepGroup(actor, row),
});

/** Rooms that often take part together, under a name. What is out of sight is `not_found`. */
export function createRoomGroupService({ db }: { db: Database }) {
  async function requireAlliance(actor: AccountActor, id: string): Promise<void> {
    const near = actor.role === 'admin' || actor.allianceIds.includes(id);
    if (!near || !(await allianceExists(db, id))) throw new AppError('not_found');
  }

  async function kept(actor: AccountActor, id: string): Promise<RoomGroupRow> {
    const [group] = await listGroups(db, { id });
    if (group === undefined) throw new AppError('not_found');
    await requireAlliance(actor, group.allianceId);
    if (!mayKeepGroup(actor, group)) throw new AppError('forbidden');
    return group;
  }

  async function refuseRooms(trx: Database, allianceId: string, roomIds: readonly string[]): Promise<void> {
    const known = await roomsInAlliance(trx, roomIds, allianceId);
    const errors = roomIds.flatMap((roomId, index) =>
      known.has(roomId) ? [] : [{ path: `roomIds.${index}`, message: 'is not a room of this alliance' }],
    );
    if (errors.length > 0) throw new AppError('invalid_input', { errors });
  }

  /** @throws AppError `name_taken`, `invalid_input`, `limit_reached` when the alliance has as many as it may */
  async function write(actor: AccountActor, allianceId: string, { roomIds, name }: RoomGroupInput, id: string | null) {
    const written = db.transaction().execute(async (trx) => {
      await refuseRooms(trx, allianceId, roomIds);
      if (id !== null && !(await renameGroup(trx, id, name))) throw new AppError('not_found');
      if (id === null && (await countGroups(trx, allianceId)) >= most) throw new AppError('limit_reached');
      const groupId = id ?? (await insertGroup(trx, { alliance_id: allianceId, owner_id: actor.id, name }));
      await setGroupRooms(trx, groupId, roomIds);
      const [group] = await listGroups(trx, { id: groupId });
      if (group === undefined) throw new AppError('not_found');
      return answerOf(actor, group);
    });
    return await written.catch((error: unknown) => {
      throw violatedUnique(error) === 'room_group_name' ? new AppError('name_taken', { cause: error }) : error;
    });
  }

  return {
    async list(actor: AccountActor, allianceId: string): Promise<RoomGroup[]> {
      await requireAlliance(actor, allianceId);
      return (await listGroups(db, { allianceId })).map((row) => answerOf(actor, row));
    },

    async create(actor: AccountActor, allianceId: string, input: RoomGroupInput): Promise<RoomGroup> {
      await requireAlliance(actor, allianceId);
      return await write(actor, allianceId, input, null);
    },

    async change(actor: AccountActor, id: string, input: RoomGroupInput): Promise<RoomGroup> {
      return await write(actor, (await kept(actor, id)).allianceId, input, id);
    },

    async remove(actor: AccountActor, id: string): Promise<void> {
      await kept(actor, id);
      await deleteGroup(db, id);
    },
  };
}
