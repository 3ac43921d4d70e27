import { describe, expect, it } from 'vitest';
import { cleanSignInsJob } from '../../server/accounts/jobs.ts';
import { expireAuditEventsJob } from '../../server/audit/jobs.ts';
import { catalogLevels } from '../../server/catalog/schema.ts';
import { errorCodes } from '../../server/errors.ts';
import { backfillMediaJob, renderMediaJob } from '../../server/files/renditions/schema.ts';
import {
  eraseFileJob,
  fileErrorCodeSchema,
  processFileJob,
  resumeScansJob,
  sweepFilesJob,
} from '../../server/files/schema.ts';
import { roles } from '../../server/http/route.ts';
import { cleanRecordingJob, concludeRecordingJob, finishRecordingJob } from '../../server/recordings/jobs.ts';
import { removeResourceJob } from '../../server/resources/jobs.ts';
import { licences, resourceKinds, visibilities } from '../../server/resources/schema.ts';
import { faultCodes, partNames } from '../../server/system/faults.ts';
import { undoneReasons } from '../../server/system/schema.ts';
import { actionNames as auditActions } from '../../server/trail/actions.ts';
import { sweepUploadsJob } from '../../server/uploads/schema.ts';
import * as offered from '../../web/api/types.ts';
import { messages as en } from '../../web/locales/en/index.ts';
import { messages as zh } from '../../web/locales/zh-CN/index.ts';

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(prefix + key, value);
    else for (const [inner, words] of leaves(value, `${prefix}${key}.`)) found.set(inner, words);
  }
  return found;
}

/** What a message is filled with; plural forms may each name only some of it. */
function slots(words: string): string[] {
  return [...new Set(words.matchAll(/\{(\w+)\}/g).map((match) => match[1] ?? ''))].sort();
}

const jobs = [
  expireAuditEventsJob,
  cleanSignInsJob,
  finishRecordingJob,
  concludeRecordingJob,
  cleanRecordingJob,
  removeResourceJob,
  processFileJob,
  resumeScansJob,
  renderMediaJob,
  backfillMediaJob,
  eraseFileJob,
  sweepFilesJob,
  sweepUploadsJob,
];
const chinese = leaves(zh);
const english = leaves(en);

describe('the words of the interface', () => {
  it('are complete in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it('are never empty', () => {
    const empty = [...chinese, ...english].filter(([, words]) => words.trim() === '');
    expect(empty).toEqual([]);
  });

  it('are filled with the same things in both languages', () => {
    const different = [...chinese]
      .filter(([key, words]) => {
        const other = slots(english.get(key) ?? '');
        // English counts with plural forms that may spell a number out; Chinese always shows it.
        return slots(words).join() !== other.join() && !(english.get(key) ?? '').includes('|');
      })
      .map(([key]) => key);
    expect(different).toEqual([]);
  });

  it('has words for every refusal of the server', () => {
    const missing = errorCodes.filter((code) => !chinese.has(`errors.${code}`));
    expect(missing).toEqual([]);
  });

  it('has words for every fault of a file', () => {
    const missing = fileErrorCodeSchema.options.filter((code) => !chinese.has(`errors.${code}`));
    expect(missing).toEqual([]);
  });

  it('has words for everything that can be wrong with the system, and for every part and job of it', () => {
    const keys = [
      ...faultCodes.map((code) => `fault.${code}`),
      ...partNames.map((name) => `part.${name}`),
      ...undoneReasons.map((reason) => `reason.${reason}`),
      ...jobs.map(({ name }) => `job.${name.replaceAll(/[.-]/g, '_')}`),
    ];
    expect(keys.filter((key) => !chinese.has(`admin.system.${key}`))).toEqual([]);
  });

  it('offers every kind, licence, visibility, role and level that the server knows, with words', () => {
    expect(offered).toMatchObject({ resourceKinds, licences, visibilities, roles, catalogLevels, auditActions });
    const wanted = {
      kind: resourceKinds,
      licence: licences,
      visibility: visibilities,
      role: roles,
      level: catalogLevels,
    };
    for (const [group, values] of Object.entries(wanted)) {
      for (const value of values) expect(chinese.has(`words.${group}.${value}`), `${group}.${value}`).toBe(true);
    }
  });

  it('keeps Chinese punctuation in Chinese sentences', () => {
    const mixed = [...chinese].filter(([, words]) => /[\u4e00-\u9fff][,.;:?!](?!\w)/.test(words)).map(([key]) => key);
    expect(mixed).toEqual([]);
  });
});
