import { expect, it } from 'vitest';
import { csvOf } from '../../../web/format/csv.ts';

it('is read as UTF-8 by spreadsheets, each cell in quotes', () => {
  expect(
    csvOf([
      ['姓名', '备注'],
      ['王小明', '说"好"，\n又走了'],
    ]),
  ).toBe('\uFEFF"姓名","备注"\r\n"王小明","说""好""，\n又走了"\r\n');
});

it.each(['=1+1', '+85291234567', '-1', '@sum', ' =1', '＝1', '\tx', '|cmd'])('shows %j as text', (cell) => {
  expect(csvOf([[cell]])).toBe(`\uFEFF"'${cell}"\r\n`);
});

it.each(['138 0013 8000', 'abcd-efgh-2345', ''])('leaves %j as it is', (cell) => {
  expect(csvOf([[cell]])).toBe(`\uFEFF"${cell}"\r\n`);
});
