import { expect, it } from 'vitest';
import { pageWordsSchema } from '../../server/files/schema.ts';
import { readPageWords } from '../../server/previews/words.ts';

const word = (text: string, [x, y, right, bottom]: readonly [number, number, number, number] = [10, 10, 60, 20]) =>
  `          <word xMin="${x}.000000" yMin="${y}.000000" xMax="${right}.000000" yMax="${bottom}.000000">${text}</word>`;
const page = (lines: string[], width = 100, height = 200) =>
  [
    `  <page width="${width}.000000" height="${height}.000000">`,
    '    <flow>',
    '      <block xMin="0" yMin="0" xMax="1" yMax="1">',
    '        <line xMin="0" yMin="0" xMax="1" yMax="1">',
    ...lines,
    '        </line>',
    '      </block>',
    '    </flow>',
    '  </page>',
  ].join('\n');
const read = (xhtml: string, ratios: number[] = []) => readPageWords(xhtml, ratios);
const texts = (xhtml: string) => read(xhtml).map(({ lines }) => lines.map((line) => line.map((one) => one.text)));

it('counts places in parts of the page', () => {
  expect(read(page([word('分数')]))).toEqual([
    { lines: [[{ text: '分数', x: 1000, y: 500, width: 5000, height: 500 }]] },
  ]);
});

it('turns the size of a page that is drawn turned', () => {
  const [turned] = read(page([word('分数')]), [2]);
  expect(turned?.lines[0]?.[0]).toEqual({ text: '分数', x: 500, y: 1000, width: 2500, height: 1000 });
});

it('reads the marks that stand for others once, and no more', () => {
  expect(texts(page([word('&lt;b&gt; &amp;lt; &quot;&#39; &nbsp;&#x41;')]))).toEqual([[['<b> &lt; "\' &nbsp;&#x41;']]]);
});

it('leaves out what stands outside the page, has no size or says nothing', () => {
  const outside = [
    word('外', [200, 10, 260, 20]),
    word('上', [10, -50, 60, -40]),
    word('平', [10, 10, 60, 10]),
    word('反', [60, 10, 10, 20]),
    word(' '),
    word('\u0007\ue001'),
  ];
  expect(texts(page([...outside, word('半', [90, 10, 160, 20])]))).toEqual([[['半']]]);
  expect(texts(page([word('无')], 0, 0))).toEqual([[]]);
});

it('takes nothing from lines of another form, nor from before the first page', () => {
  const forged = [
    word('<script>alert(1)</script>'),
    '<word xMin="1" yMin="1" xMax="9" yMax="9" onclick="x">点</word>',
    '<!ENTITY x SYSTEM "file:///etc/passwd">',
    `${word('后')} <word xMin="1" yMin="1" xMax="9" yMax="9">再</word>`,
    '<word xMin="NaN" yMin="1" xMax="9" yMax="9">数</word>',
    '<word xMin="1.2.3" yMin="1" xMax="9" yMax="9">点</word>',
  ];
  expect(texts([word('前'), page([...forged, word('真')])].join('\n'))).toEqual([[['真']]]);
});

it('keeps what was read before the output was cut off', () => {
  const whole = page([word('一'), word('二')]);
  expect(texts(whole.slice(0, whole.indexOf('二</word>') + 3))).toEqual([[['一']]]);
});

it('is not endless, and cuts no character in two', () => {
  const [long] = read(page([word('😀'.repeat(10_000)), ...Array.from({ length: 20_000 }, () => word('字'))]));
  const words = long?.lines.flat() ?? [];
  expect(words).toHaveLength(6000);
  expect(words[0]?.text).toBe('😀'.repeat(200));
  expect(pageWordsSchema.safeParse(long).success).toBe(true);
});
