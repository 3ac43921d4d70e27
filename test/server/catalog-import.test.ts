import { readFile } from 'node:fs/promises';
import ExcelJS from 'exceljs';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogImportResult, CatalogNodeList } from '../../server/catalog/schema.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createLibraryWorld, type LibraryWorld } from './library-world.ts';

let world: LibraryWorld;
let admin: Browser;

beforeAll(async () => {
  world = await createLibraryWorld();
  admin = await world.signIn('admin');
});
afterAll(() => world.close());

const send = (browser: Browser, body: BodyInit, dryRun: boolean) =>
  browser.post(`/api/catalog/import${dryRun ? '?dryRun=true' : ''}`, undefined, {
    body,
    headers: { 'content-type': 'application/octet-stream' },
  });
const preview = async (body: BodyInit) => (await (await send(admin, body, true)).json()) as CatalogImportResult;
const load = async (body: BodyInit) => (await (await send(admin, body, false)).json()) as CatalogImportResult;

async function childNames(...way: string[]): Promise<string[]> {
  let parent = '';
  for (const name of way) {
    const list = (await (await admin.get(`/api/catalog/nodes${parent}`)).json()) as CatalogNodeList;
    const node = list.items.find((item) => item.name === name);
    if (!node) throw new Error(`There is no ${name}.`);
    parent = `?parentId=${node.id}`;
  }
  const list = (await (await admin.get(`/api/catalog/nodes${parent}`)).json()) as CatalogNodeList;
  return list.items.map(({ name }) => name);
}

async function workbookOf(...sheets: ExcelJS.CellValue[][][]): Promise<Buffer<ArrayBuffer>> {
  const workbook = new ExcelJS.Workbook();
  for (const rows of sheets) workbook.addWorksheet().addRows(rows);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

describe('preview', () => {
  it('takes the whole list of editions, says before what it does, and does it once', async () => {
    const bytes = await readFile(new URL('data/editions.tsv', import.meta.url));
    expect(bytes.toString().trim().split('\n')).toHaveLength(281);
    const before = await childNames();
    const said = await preview(bytes);
    expect(said.created).toBeGreaterThan(280);
    expect(said).toMatchObject({ faultCount: 0, faults: [] });
    expect(said.changes).toHaveLength(100);
    expect(await childNames()).toEqual(before);
    expect(await load(bytes)).toEqual(said);
    expect(await load(bytes)).toMatchObject({ created: 0, updated: 0, changes: [] });
  });

  it('names what changes with its place', async () => {
    const table = '学段,学科,版本,出版社\n初中,天文,甲版,旧社\n';
    await load(table);
    const said = await preview(`${table.replace('旧社', '新社')}初中,天文,乙版,\n`);
    expect(said).toMatchObject({ created: 1, updated: 1, unchanged: 2 });
    expect(said.changes).toEqual([
      { change: 'updated', level: 'edition', name: '甲版', place: ['初中', '天文'] },
      { change: 'created', level: 'edition', name: '乙版', place: ['初中', '天文'] },
    ]);
  });

  it('lists faulty lines beside what the others would do; the import refuses them all', async () => {
    const table = `学段\t学科\n小学\t园艺\n\t美术\n小学\t${'长'.repeat(201)}\n合 计\t2\n`;
    expect(await preview(table)).toMatchObject({
      created: 1,
      faultCount: 3,
      faults: [
        { line: 3, code: 'no_stage' },
        { line: 4, code: 'name_too_long' },
        // Sums are no stage.
        { line: 5, code: 'no_stage' },
      ],
    });
    expect(await outcome(send(admin, table, false))).toBe('422 table_unreadable');
    expect(await childNames('小学')).not.toContain('园艺');
  });

  it('is for administrators', async () => {
    for (const role of ['teacher', 'operator', 'principal', 'office'] as const) {
      expect(await outcome(send(await world.signIn(role), '学段,学科\n小学,数学\n', true))).toBe('403 forbidden');
    }
    expect(await outcome(send(world.open(), '学段,学科\n小学,数学\n', true))).toBe('401 not_signed_in');
  });
});

describe('templates', () => {
  it('are tables that import', async () => {
    for (const name of ['catalog.csv', 'catalog.xlsx']) {
      const bytes = await readFile(new URL(`../../web/public/templates/${name}`, import.meta.url));
      expect(await preview(bytes)).toMatchObject({ faultCount: 0 });
      expect(await load(bytes)).toMatchObject({ created: name === 'catalog.csv' ? expect.any(Number) : 0 });
    }
    expect(await childNames('小学', '英语', '外研社版（陈琳，三年级起点）', '三年级', '上册')).toEqual(['Module 1']);
  });
});

describe('workbooks', () => {
  it('reads the first sheet with a known header, and formulas as their values', async () => {
    const bytes = await workbookOf(
      [['说明'], ['请填写第二张表']],
      [
        ['课', '单元', '学科', '学段', '版本'],
        ['乙课', '第一单元', '书法', '小学', { formula: '"人"&"美版"', result: '人美版' }],
        [{ richText: [{ text: '甲' }, { text: '课' }] }, '第一单元', '书法', '小学', '人美版'],
      ],
    );
    const said = await preview(bytes);
    expect(said).toMatchObject({ created: 5, faultCount: 0 });
    expect(await load(bytes)).toEqual(said);
    expect(await childNames('小学', '书法', '人美版', '第一单元')).toEqual(['乙课', '甲课']);
  });

  it('finds the header under a title, and names the rows that a merged cell leaves empty', async () => {
    const bytes = await workbookOf([
      ['青山镇 2026 年秋季教材目录'],
      [],
      ['学　段', ' 学科', '版本', '课'],
      ['小学', '陶艺', '甲版', '第一课'],
      [null, null, null, '第二课'],
      ['小学', null, null, '第三课'],
    ]);
    const said = await preview(bytes);
    expect(said.changes.map(({ name }) => name)).toEqual(['陶艺', '甲版', '第一课']);
    expect(said.faults).toEqual([
      { line: 5, code: 'no_stage' },
      { line: 6, code: 'no_subject' },
    ]);
  });

  it('names the row of a cell that shows an error', async () => {
    const bytes = await workbookOf([
      ['学段', '学科'],
      ['小学', '数学'],
      ['小学', { error: '#REF!' }],
    ]);
    expect((await preview(bytes)).faults).toEqual([{ line: 3, code: 'cell_error' }]);
  });

  it('refuses a bomb, a broken workbook and one without a known header', async () => {
    const bomb = zipSync({ 'xl/workbook.xml': new Uint8Array(40 * 1024 * 1024) });
    expect(bomb.length).toBeLessThan(100_000);
    expect(await outcome(send(admin, Buffer.from(bomb), true))).toBe('413 table_too_large');
    const whole = await workbookOf([
      ['学段', '学科'],
      ['小学', '数学'],
    ]);
    expect(await outcome(send(admin, whole.subarray(0, whole.length / 2), true))).toBe('422 table_unreadable');
    expect(await outcome(send(admin, await workbookOf([['a', 'b']]), true))).toBe('422 table_header_missing');
  });
});
