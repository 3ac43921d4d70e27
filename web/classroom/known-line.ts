import { type RequestData, type Rung, requests } from '../../media/protocol.ts';
import { readSetting, writeSetting } from '../state/settings.ts';

/** What a line was last seen to carry: where the ladder stood, and kbit/s. */
export type KnownLine = Pick<RequestData<'join'>, 'rung' | 'downKbps'>;

export interface LineMemory {
  read(): KnownLine;
  /** Null: no longer known. */
  write(line: { rung?: Rung; downKbps?: number | null }): void;
}

const { rung: rungSchema, downKbps: kbpsSchema } = requests.join.data.shape;

/** A room's line is tomorrow what it was today: its screen begins where it left off, and with what its check has found. */
export const deviceLine: LineMemory = {
  read: () => ({
    rung: rungSchema.safeParse(readSetting('rung') ?? undefined).data,
    downKbps: kbpsSchema.safeParse(Number(readSetting('downKbps') ?? Number.NaN)).data,
  }),
  write({ rung, downKbps }) {
    if (rung !== undefined) writeSetting('rung', rung);
    if (downKbps !== undefined) writeSetting('downKbps', String(downKbps ?? ''));
  },
};
