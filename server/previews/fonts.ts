import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The faces that Chinese documents name, under all their names, and which of the installed families stands for them: the
 * first that is there. Noto is what this server brings; a school that adds a real 楷体 or 仿宋 sees it used.
 */
const faces: { named: string; shownAs: readonly string[] }[] = [
  {
    named:
      '宋体,新宋体,SimSun,NSimSun,SimSun-ExtB,华文宋体,STSong,STSong-Light,Songti SC,华文中宋,STZhongsong,' +
      '方正小标宋简体,方正书宋简体,隶书,LiSu,思源宋体,Source Han Serif SC',
    shownAs: ['Noto Serif CJK SC'],
  },
  {
    named: '仿宋,仿宋_GB2312,FangSong,FangSong_GB2312,华文仿宋,STFangsong,方正仿宋简体',
    shownAs: ['Noto Serif CJK SC'],
  },
  {
    named: '楷体,楷体_GB2312,KaiTi,KaiTi_GB2312,华文楷体,STKaiti,Kaiti SC,方正楷体简体',
    shownAs: ['LXGW WenKai', 'AR PL UKai CN', 'AR PL KaitiM GB', 'Noto Serif CJK SC'],
  },
  {
    named:
      '黑体,SimHei,华文黑体,STHeiti,华文细黑,STXihei,Heiti SC,方正黑体简体,微软雅黑,微软雅黑 Light,Microsoft YaHei,' +
      'Microsoft YaHei UI,Microsoft YaHei Light,等线,等线 Light,DengXian,DengXian Light,幼圆,YouYuan,PingFang SC,' +
      '思源黑体,Source Han Sans SC',
    shownAs: ['Noto Sans CJK SC'],
  },
];

/** Before the other files of fontconfig, which give unknown names DejaVu, without Chinese, or always a sans. */
const fontSettings = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${faces
  .flatMap(({ named, shownAs }) =>
    named
      .split(',')
      .map(
        (name) =>
          `<match target="pattern"><test name="family" qual="any"><string>${name}</string></test>` +
          `<edit name="family" mode="append" binding="strong">${shownAs.map((one) => `<string>${one}</string>`).join('')}</edit></match>`,
      ),
  )
  .join('\n')}
</fontconfig>
`;

/** Lays the substitutes where fontconfig looks for those of a user: the folder is the home of its converters. */
export async function layFontSettings(folder: string): Promise<void> {
  const place = join(folder, '.config', 'fontconfig');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'fonts.conf'), fontSettings);
}
