interface Subject {
  stage: '小学' | '初中';
  name: string;
  editions: readonly string[];
  grades: readonly string[];
  /** Lessons that the books of every edition share out among themselves. */
  lessons: readonly string[];
}

const primary = ['一年级', '二年级', '三年级', '四年级', '五年级', '六年级'] as const;
const upperPrimary = primary.slice(2);
const middle = ['七年级', '八年级', '九年级'] as const;
const split = (words: string) => words.split(' ');

const subjects: readonly Subject[] = [
  {
    stage: '小学',
    name: '语文',
    editions: ['统编版'],
    grades: primary,
    lessons: split(
      '草船借箭 景阳冈 猴王出世 花的学校 大青树下的小学 古诗三首 秋天的雨 祖父的园子 司马光 观潮 爬山虎的脚 桂花雨 落花生 将相和 小蝌蚪找妈妈 坐井观天 富饶的西沙群岛 海底世界 赵州桥 圆明园的毁灭 少年闰土 慈母情深 匆匆 桥',
    ),
  },
  {
    stage: '小学',
    name: '数学',
    editions: ['人教版', '北师大版', '苏教版', '青岛版', '西南大学版'],
    grades: primary,
    lessons: split(
      '几分之一 几分之几 分数的简单计算 周长 长方形和正方形的周长 平行四边形的面积 三角形的面积 梯形的面积 小数乘整数 用字母表示数 解简易方程 分数的意义 分数与除法 倍的认识 秒的认识 千米的认识 百分数 圆的认识 圆的面积 可能性 统计图 位置与方向 两位数乘两位数 除数是一位数的除法',
    ),
  },
  {
    stage: '小学',
    name: '英语',
    editions: ['人教版', '外研版', '译林版'],
    grades: upperPrimary,
    lessons: split(
      'Hello Colours My_family At_the_zoo Weather Seasons My_school_bag What_time_is_it In_a_nature_park My_day Festivals How_can_I_get_there',
    ).map((name) => name.replaceAll('_', ' ')),
  },
  {
    stage: '小学',
    name: '科学',
    editions: ['教科版', '苏教版', '湘科版'],
    grades: primary,
    lessons: split(
      '听听声音 声音是怎样产生的 声音是怎样传播的 一天的食物 水的蒸发 空气占据空间吗 磁铁能吸引什么 简单电路 影子的秘密 岩石的组成 种子发芽实验 月相变化',
    ),
  },
  {
    stage: '小学',
    name: '音乐',
    editions: ['人音版', '人教版'],
    grades: primary,
    lessons: split('采一束鲜花 杨柳青 荡秋千 茉莉花 小星星 牧童 大海啊故乡 龙里格龙 让我们荡起双桨 赛马 摇篮曲 国歌'),
  },
  {
    stage: '小学',
    name: '美术',
    editions: ['人美版', '湘美版'],
    grades: primary,
    lessons: split(
      '魔幻的颜色 水墨游戏 三原色 剪纸 扎染 青花瓷 肖像漫画 风景写生 民间玩具 对称的美 重重叠叠 色彩的冷与暖',
    ),
  },
  {
    stage: '小学',
    name: '道德与法治',
    editions: ['统编版'],
    grades: primary,
    lessons: split(
      '变废为宝有妙招 我们所了解的环境污染 我是中国人 安全记心上 家乡新变化 合理消费 父母多爱我 公共生活靠大家 宪法是根本法 古代科技 学会沟通 低碳生活',
    ),
  },
  {
    stage: '初中',
    name: '语文',
    editions: ['统编版'],
    grades: middle,
    lessons: split(
      '春 济南的冬天 从百草园到三味书屋 背影 白杨礼赞 岳阳楼记 醉翁亭记 出师表 孔乙己 沁园春·雪 桃花源记 爱莲说',
    ),
  },
  {
    stage: '初中',
    name: '数学',
    editions: ['人教版', '北师大版', '华东师大版'],
    grades: middle,
    lessons: split(
      '正数和负数 数轴 绝对值 从算式到方程 等式的性质 平行线的性质 实数 一元一次不等式 全等三角形 勾股定理 一次函数 二次函数',
    ),
  },
  {
    stage: '初中',
    name: '英语',
    editions: ['人教版', '外研版'],
    grades: middle,
    lessons: split('Making_friends School_life Around_the_city Animals Sports Travel Food Environment').map((name) =>
      name.replaceAll('_', ' '),
    ),
  },
  {
    stage: '初中',
    name: '物理',
    editions: ['人教版', '沪科版', '苏科版'],
    grades: middle.slice(1),
    lessons: split(
      '光的直线传播 光的反射 平面镜成像 光的折射 声音的产生与传播 长度的测量 质量与密度 牛顿第一定律 压强 浮力 欧姆定律 电功率',
    ),
  },
  {
    stage: '初中',
    name: '化学',
    editions: ['人教版', '科粤版'],
    grades: middle.slice(2),
    lessons: split(
      '氧气 水的净化 质量守恒定律 二氧化碳 金属的性质 溶液的形成 酸和碱 化肥 燃烧和灭火 原子的结构 化学方程式 元素',
    ),
  },
  {
    stage: '初中',
    name: '历史',
    editions: ['统编版'],
    grades: middle,
    lessons: split(
      '秦统一中国 沟通中外文明的“丝绸之路” 百家争鸣 贞观之治 宋代经济的发展 郑和下西洋 鸦片战争 洋务运动 辛亥革命 五四运动 抗日战争 改革开放',
    ),
  },
  {
    stage: '初中',
    name: '地理',
    editions: ['人教版', '湘教版'],
    grades: middle.slice(0, 2),
    lessons: split(
      '地球和地球仪 地图的阅读 海陆变迁 多变的天气 世界的人口 中国的疆域 长江 黄河 青藏地区 北方地区 南方地区 农业',
    ),
  },
];

const header = ['学段', '学科', '版本', '年级', '册次', '单元', '课'];
const volumes = ['上册', '下册'] as const;
const units = ['第一单元', '第二单元', '第三单元', '第四单元'] as const;
const lessonsOfUnit = 3;

/** The textbooks of an alliance's schools as tab-separated text, as an administrator imports it: some 3,500 lessons. */
export function textbookTable(): string {
  const rows: string[][] = [];
  for (const { stage, name, editions, grades, lessons } of subjects) {
    for (const [shelf, edition] of editions.entries()) {
      for (const [book, grade] of grades.entries()) {
        for (const [half, volume] of volumes.entries()) {
          for (const [number, unit] of units.entries()) {
            for (let lesson = 0; lesson < lessonsOfUnit; lesson += 1) {
              // Each edition has them in an order of its own, each book goes on where the one before ended.
              const at = ((book * 2 + half) * units.length + number) * lessonsOfUnit + lesson + shelf * 5;
              rows.push([stage, name, edition, grade, volume, unit, lessons[at % lessons.length] ?? '']);
            }
          }
        }
      }
    }
  }
  return `${[header, ...rows].map((row) => row.join('\t')).join('\n')}\n`;
}
