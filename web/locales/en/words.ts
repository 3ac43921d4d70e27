import type zh from '../zh-CN/words.ts';

const words: typeof zh = {
  kind: {
    lesson_plan: 'Lesson plan',
    courseware: 'Courseware',
    micro_lesson: 'Microlecture',
    task_sheet: 'Task sheet',
    exercise: 'Exercises',
    question_bank: 'Question bank',
    paper: 'Test paper',
    teaching_case: 'Teaching case',
    class_recording: 'Class recording',
    experiment_video: 'Experiment video',
    media_asset: 'Media asset',
    school_course: 'School-based course',
    other: 'Other',
  },
  licence: {
    cc_by: 'Attribution (CC BY)',
    cc_by_nc: 'Attribution, non-commercial (CC BY-NC)',
    cc_by_nc_sa: 'Attribution, non-commercial, share alike (CC BY-NC-SA)',
    cc0: 'No rights reserved (CC0)',
    alliance_only: 'Alliance use only',
    all_rights_reserved: 'All rights reserved',
  },
  visibility: { private: 'Only me', school: 'My school', alliance: 'The alliance', public: 'All signed-in users' },
  status: { draft: 'Draft' },
  role: {
    teacher: 'Teacher',
    operator: 'Operator',
    principal: 'Principal',
    office: 'Alliance office',
    admin: 'Administrator',
  },
  level: {
    stage: 'Stage',
    subject: 'Subject',
    edition: 'Edition',
    grade: 'Grade',
    volume: 'Volume',
    unit: 'Unit',
    lesson: 'Lesson',
  },
  allianceKind: { led: 'School-led', remote: '“5G+” remote', mutual: 'Mutual support' },
  allianceRole: { lead: 'Lead school', member: 'Member school' },
};

export default words;
