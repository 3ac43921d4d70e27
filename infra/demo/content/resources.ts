import { zip } from '../formats/archive.ts';
import { coursewarePptx, lessonPlanDocx, questionBankXlsx, worksheetPdf } from '../formats/documents.ts';
import { melodyMp3, microLectureMp4 } from '../formats/media.ts';
import { heic, png } from '../formats/pictures.ts';
import { type Topic, type TopicName, topics } from './topics.ts';

export type SchoolName = '中心小学' | '东河小学' | '西岭小学' | '南湾小学';

/** One resource of the demonstration; `make` writes its file anew. */
export interface DemoResource {
  title: string;
  kind: string;
  school: SchoolName;
  place: Topic['place'];
  description: string;
  licence: 'cc_by' | 'cc_by_nc' | 'cc_by_nc_sa' | 'cc0' | 'alliance_only' | 'all_rights_reserved';
  visibility: 'private' | 'school' | 'alliance' | 'public';
  files: readonly { name: string; make: () => Promise<Buffer> }[];
}

const schoolOf: Partial<Record<TopicName, SchoolName>> = {
  fractionSums: '东河小学',
  multiples: '西岭小学',
  song: '西岭小学',
  pollution: '南湾小学',
  sound: '南湾小学',
  numberLine: '东河小学',
};

/** No question mark: a file name must be storable on every teacher's machine. */
const fileName = (title: string, extension: string) => `${title.replaceAll('?', '\uff1f')}.${extension}`;

function ofTopic(name: TopicName): DemoResource[] {
  const topic: Topic = topics[name];
  const school = schoolOf[name] ?? '中心小学';
  const base = { place: topic.place, school } as const;
  const goals = topic.goals.join('');
  const plan: DemoResource = {
    ...base,
    title: `${topic.title} 教学设计`,
    kind: 'lesson_plan',
    description: `${topic.focus}${goals}`,
    licence: 'cc_by_nc',
    visibility: 'alliance',
    files: [{ name: fileName(`${topic.title} 教学设计`, 'docx'), make: () => lessonPlanDocx(topic) }],
  };
  const courseware: DemoResource = {
    ...base,
    title: `${topic.title} 课件`,
    kind: 'courseware',
    description: `可直接用于专递课堂。${topic.steps.map(([step]) => step).join('、')}。`,
    licence: 'cc_by_nc_sa',
    visibility: 'alliance',
    files: [{ name: fileName(topic.title, 'pptx'), make: () => coursewarePptx(topic) }],
  };
  const sheet: DemoResource = {
    ...base,
    title: `${topic.title} 分层练习`,
    kind: topic.questions.length > 2 ? 'exercise' : 'task_sheet',
    description: `共 ${topic.questions.length} 题，含参考答案。`,
    licence: 'cc_by',
    visibility: 'public',
    files: [{ name: fileName(`${topic.title} 练习`, 'pdf'), make: () => worksheetPdf(topic, '分层练习') }],
  };
  return [plan, courseware, sheet];
}

function microLecture(name: TopicName, title: string, school: SchoolName): DemoResource {
  const topic: Topic = topics[name];
  return {
    title,
    kind: 'micro_lesson',
    school,
    place: topic.place,
    description: `${topic.focus}适合课前预习和课后回看。`,
    licence: 'cc_by_nc',
    visibility: 'alliance',
    files: [{ name: `${title}.mp4`, make: () => microLectureMp4(topic) }],
  };
}

const boardOf = (topic: Topic) => ({
  title: topic.title,
  lines: topic.goals,
  paper: '#22403a',
  ink: '#f4f1e6',
});

const single: DemoResource[] = [
  {
    title: '分数墙 教具图',
    kind: 'media_asset',
    school: '中心小学',
    place: topics.oneOfSeveral.place,
    description: '同一条长方形平均分成 2、3、4、5、6、8 份，打印后可作教具。',
    licence: 'cc0',
    visibility: 'public',
    files: [
      {
        name: '分数墙.png',
        make: () => png({ ...boardOf(topics.oneOfSeveral), title: '分数墙', paper: '#fbf0d9', ink: '#2f4b8f' }),
      },
    ],
  },
  {
    title: '板书照片：几分之几',
    kind: 'media_asset',
    school: '东河小学',
    place: topics.severalOfSeveral.place,
    description: '东河小学公开课板书，手机拍摄。',
    licence: 'alliance_only',
    visibility: 'alliance',
    files: [{ name: '几分之几板书.heic', make: () => heic(boardOf(topics.severalOfSeveral)) }],
  },
  {
    title: '采一束鲜花 伴奏',
    kind: 'media_asset',
    school: '西岭小学',
    place: topics.song.place,
    description: '三拍子伴奏音频，供学唱使用。',
    licence: 'alliance_only',
    visibility: 'alliance',
    files: [{ name: '采一束鲜花 伴奏.mp3', make: () => melodyMp3(48, '采一束鲜花 伴奏') }],
  },
  {
    title: '五年级英语 Unit 1 听力练习',
    kind: 'exercise',
    school: '中心小学',
    place: topics.character.place,
    description: '单词与句型听力，配任务单。',
    licence: 'cc_by_nc',
    visibility: 'alliance',
    files: [
      { name: 'Unit 1 听力.mp3', make: () => melodyMp3(36, 'Unit 1 听力') },
      { name: 'Unit 1 听力任务单.pdf', make: () => worksheetPdf(topics.character, '听力任务单') },
    ],
  },
  {
    title: '三年级上册数学试题库',
    kind: 'question_bank',
    school: '中心小学',
    place: topics.oneOfSeveral.place,
    description: '分数的初步认识、周长、倍的认识三个单元的基础题和提高题，含答案。',
    licence: 'cc_by_nc',
    visibility: 'alliance',
    files: [
      {
        name: '三年级上册数学试题库.xlsx',
        make: () =>
          questionBankXlsx([
            topics.oneOfSeveral,
            topics.severalOfSeveral,
            topics.fractionSums,
            topics.perimeter,
            topics.multiples,
          ]),
      },
    ],
  },
  {
    title: '初中理科基础题库',
    kind: 'question_bank',
    school: '东河小学',
    place: topics.reflection.place,
    description: '光的反射与数轴基础题，用于小初衔接。',
    licence: 'cc_by_nc',
    visibility: 'alliance',
    files: [{ name: '初中理科基础题库.xlsx', make: () => questionBankXlsx([topics.reflection, topics.numberLine]) }],
  },
  {
    title: '三年级数学期末测试卷（上册）',
    kind: 'paper',
    school: '中心小学',
    place: topics.perimeter.place,
    description: '联盟统一命题，含答案页。',
    licence: 'alliance_only',
    visibility: 'alliance',
    files: [
      {
        name: '三年级数学期末测试卷.pdf',
        make: () =>
          worksheetPdf(
            {
              ...topics.perimeter,
              questions: [topics.oneOfSeveral, topics.perimeter, topics.multiples].flatMap((topic) => [
                ...topic.questions,
              ]),
            },
            '期末测试卷',
          ),
      },
    ],
  },
  {
    title: '“声音的产生”实验视频',
    kind: 'experiment_video',
    school: '南湾小学',
    place: topics.sound.place,
    description: '鼓面纸屑与音叉入水两个实验，可慢放。',
    licence: 'cc_by',
    visibility: 'public',
    files: [{ name: '声音的产生实验.mp4', make: () => microLectureMp4(topics.sound, 7) }],
  },
  {
    title: '草船借箭 同课异构案例',
    kind: 'teaching_case',
    school: '中心小学',
    place: topics.arrows.place,
    description: '两校同上一课：教学设计、课件与课后反思打包。',
    licence: 'cc_by_nc_sa',
    visibility: 'alliance',
    files: [
      {
        name: '草船借箭同课异构.zip',
        make: async () =>
          zip([
            { name: '教学设计/草船借箭.docx', content: await lessonPlanDocx(topics.arrows) },
            { name: '课件/草船借箭.pptx', content: await coursewarePptx(topics.arrows) },
          ]),
      },
    ],
  },
  {
    title: '乡土课程：家乡的河',
    kind: 'school_course',
    school: '东河小学',
    place: topics.pollution.place,
    description: '东河小学校本课程，结合家乡河流开展环境调查。',
    licence: 'cc_by_nc',
    visibility: 'alliance',
    files: [{ name: '家乡的河 课程方案.docx', make: () => lessonPlanDocx({ ...topics.pollution, title: '家乡的河' }) }],
  },
  {
    title: '本周教研安排',
    kind: 'other',
    school: '中心小学',
    place: topics.oneOfSeveral.place,
    description: '校内教研组安排，仅本校可见。',
    licence: 'all_rights_reserved',
    visibility: 'school',
    files: [
      { name: '本周教研安排.docx', make: () => lessonPlanDocx({ ...topics.oneOfSeveral, title: '本周教研安排' }) },
    ],
  },
];

/** Everything that the demonstration's library holds, about 60 resources of every kind and format. */
export const demoResources: readonly DemoResource[] = [
  ...(Object.keys(topics) as TopicName[]).flatMap(ofTopic),
  microLecture('oneOfSeveral', '认识分数：从分月饼说起', '东河小学'),
  microLecture('perimeter', '什么是周长', '中心小学'),
  microLecture('parallelogram', '割补法推导平行四边形面积', '中心小学'),
  microLecture('arrows', '诸葛亮为什么能借到箭', '西岭小学'),
  microLecture('reflection', '三分钟看懂光的反射', '中心小学'),
  ...single,
];
