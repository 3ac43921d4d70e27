import type { Asked } from '../environment/browser.ts';

/** `teacher` owns what is asked for; `member…` are of another school of the alliance, `outside…` of no common one. */
export const callers = [
  'nobody',
  'disabled',
  'revokedDevice',
  'teacher',
  'colleague',
  'operator',
  'principal',
  'office',
  'admin',
  'member',
  'memberOperator',
  'memberPrincipal',
  'outside',
  'outsideOperator',
  'outsidePrincipal',
  'outsideOffice',
  'device',
  'memberDevice',
  'outsideDevice',
] as const;
export type Caller = (typeof callers)[number];
type Callers = readonly Caller[];

export const keyless: Callers = ['nobody', 'disabled', 'revokedDevice'];
export const devices: Callers = ['device', 'memberDevice', 'outsideDevice'];
const school: Callers = ['teacher', 'colleague', 'operator', 'principal'];
const memberSchool: Callers = ['member', 'memberOperator', 'memberPrincipal'];
const outsideSchool: Callers = ['outside', 'outsideOperator', 'outsidePrincipal'];
const outsiders: Callers = [...outsideSchool, 'outsideOffice'];
const inSchools: Callers = [...school, ...memberSchool, ...outsideSchool];
/** Accounts of the alliance, and who runs the platform. */
const allied: Callers = [...school, ...memberSchool, 'office', 'admin'];
const accounts: Callers = [...allied, ...outsiders];
const signedIn: Callers = [...accounts, ...devices];
const everybody: Callers = callers;
const own: Callers = ['operator', 'principal', 'admin'];
const otherKeepers: Callers = ['memberOperator', 'memberPrincipal', 'outsideOperator', 'outsidePrincipal'];
const outsideKeepers: Callers = ['outsideOperator', 'outsidePrincipal'];
const keepers: Callers = [...own, ...otherKeepers];
const operators: Callers = ['operator', 'memberOperator', 'outsideOperator', 'admin'];
const admin: Callers = ['admin'];
const auditors: Callers = ['principal', 'memberPrincipal', 'outsidePrincipal', 'admin'];

/** What a resource can be, and who then sees it. */
const sight = {
  private: ['teacher', 'admin'],
  school: [...school, 'admin', 'device'],
  alliance: [...allied, 'device', 'memberDevice'],
  public: signedIn,
  draft: ['teacher'],
  deleted: [],
  /** Private, and its file the slides of a lesson that is given to a room of the other school. */
  slides: ['teacher', 'admin'],
  /** As `slides`, of a lesson that was called off. */
  slidesOfCancelled: ['teacher', 'admin'],
  /** A file that no resource has yet. */
  loose: ['teacher'],
} as const satisfies Record<string, Callers>;
export type State = keyof typeof sight;
export const states = Object.keys(sight) as State[];

/** Who sees a resource, or its files, that is in this state. */
export function seers(state: State, of: 'resource' | 'file'): Callers {
  return of === 'file' && state === 'slides' ? [...allied, 'memberDevice'] : sight[state];
}

/** Things that routes are about, all of the teacher's school or alliance; see world.ts. */
export type Target =
  | 'school'
  | 'alliance'
  | 'memberSchool'
  | 'account'
  | 'principalAccount'
  | 'room'
  | 'deviceOfRoom'
  | 'node'
  | 'synonym'
  | 'session'
  | 'cancelledSession'
  /** That takes part in the lesson. */
  | 'sessionRoom'
  | 'upload'
  | 'userCode'
  | 'term'
  | 'roomGroup'
  | 'unknown';

export interface Facts {
  /** Of the teacher's school, alliance, and the room that takes part in lessons. */
  school: string;
  alliance: string;
  room: string;
  /** Of the other school, too; in no lesson. */
  secondRoom: string;
  teacher: string;
  /** Never the same twice. */
  word(): string;
}

export interface Line {
  route: string;
  /** When a route has several lines: what this one is about. */
  about?: string;
  /** Get past policy and rights, whatever comes then. Those of nobody's are refused with 401, all others with 403. */
  passes: Callers;
  /** Are told that it does not exist. */
  hidden?: Callers;
  /** Are refused with 403 although nobody has asked them who they are. */
  refused?: Callers;
  /** What stands in the address; for a second name in it, `second`. */
  at?: Target;
  second?: { name: string; at: Target };
  /** What stands in the address beside the id. */
  rest?: Record<string, string>;
  ask?: (facts: Facts) => Asked;
  /** Whose answer holds the thing's id, of those who pass. */
  shows?: { target: Target; to: Callers };
}

const tus = { 'tus-resumable': '1.0.0' };
const creation = { ...tus, 'upload-length': '10', 'upload-metadata': 'filename YS5wZGY=' };
const lesson = (facts: Facts) => ({
  json: {
    title: '分数的初步认识',
    allianceId: facts.alliance,
    presenterId: facts.teacher,
    roomIds: [facts.room],
    scheduledStart: new Date().toISOString(),
    scheduledEnd: new Date(Date.now() + 2_400_000).toISOString(),
    allowClash: true,
  },
});
const resource = () => ({ json: { title: '新资源', kind: 'lesson_plan', licence: 'cc_by', visibility: 'private' } });
const named = (facts: Facts) => ({ json: { name: facts.word() } });
const account = (role: string) => (facts: Facts) => ({
  json: { name: '新人', login: `n${facts.word()}`, role, schoolId: facts.school },
});
const words = (facts: Facts) => ({ json: { words: [facts.word(), facts.word()] } });
const nothing = () => ({ json: {} });
const note = () => ({ json: { atMs: 61_000, text: '导入用了分月饼' } });
const bells = () => ({
  json: {
    timeZone: 'Asia/Shanghai',
    schedules: [{ name: '全年', season: null, periods: [{ label: '第1节', start: '08:00', end: '08:40' }] }],
  },
});
let years = 2100;
/** Never of the same days twice. */
const term = () => {
  years += 1;
  const days = { firstDay: `${years}-09-01`, lastDay: `${years}-12-31`, daysOff: [], makeUpDays: [] };
  return { json: { kind: 'autumn', name: `${years} 秋`, ...days } };
};
const repeated = (facts: Facts) => {
  const { scheduledStart: _, scheduledEnd: __, ...wish } = lesson(facts).json;
  const slots = [{ weekday: 1, start: '06:00', end: '06:10' }];
  return {
    json: { ...wish, repetition: { from: '2090-01-01', slots, weeks: 'all', until: { kind: 'count', count: 1 } } },
  };
};
const looked = (facts: Facts) => {
  const { allianceId, presenterId, roomIds, scheduledStart: start, scheduledEnd: end } = lesson(facts).json;
  return { json: { allianceId, presenterId, roomIds, when: { kind: 'times', start, end } } };
};
const group = (facts: Facts) => ({ json: { name: facts.word(), roomIds: [facts.room] } });
const groupKeepers: Callers = ['teacher', 'operator', 'principal', 'office', 'admin'];
const daysKeepers: Callers = ['operator', 'principal', 'office', 'admin'];

/** Routes whose outcome does not depend on the visibility of a resource. Every route stands here or in `shared`. */
export const lines: Line[] = [
  { route: 'GET /api/setup', passes: everybody },
  { route: 'POST /api/setup', passes: everybody, ask: nothing },
  { route: 'POST /api/sign-in', passes: everybody, ask: nothing },
  { route: 'POST /api/device/enrolment', passes: everybody, ask: nothing },
  { route: 'POST /api/device-authorizations', passes: everybody, ask: nothing },
  { route: 'POST /api/device-authorizations/token', passes: everybody, ask: () => ({ json: { device_code: 'x' } }) },
  // Who has scanned the code needs nothing else.
  { route: 'POST /api/assistants', passes: everybody, ask: nothing },
  { route: 'GET /api/authority.crt', passes: [], hidden: everybody },
  { route: 'GET /healthz', passes: everybody },
  { route: 'GET /readyz', passes: everybody },
  { route: 'GET /metrics', passes: [], refused: everybody },
  { route: 'GET /api/openapi.json', passes: everybody },
  { route: 'GET /api/docs', passes: everybody },
  { route: 'GET /api/docs/reader.js', passes: everybody },
  { route: 'GET /api/docs/swagger-ui.css', passes: everybody },
  { route: 'GET /api/docs/swagger-ui-bundle.js', passes: everybody },

  { route: 'GET /api/me', passes: signedIn },
  { route: 'POST /api/me/password', passes: accounts, ask: nothing },

  { route: 'GET /api/schools', passes: accounts, shows: { target: 'school', to: allied } },
  { route: 'POST /api/schools', passes: admin, ask: named },
  { route: 'PATCH /api/schools/{id}', passes: admin, at: 'memberSchool', ask: named },
  { route: 'GET /api/alliances', passes: accounts, shows: { target: 'alliance', to: allied } },
  { route: 'POST /api/alliances', passes: admin, ask: (f) => ({ json: { name: f.word(), kind: 'led' } }) },
  {
    route: 'PUT /api/alliances/{id}/schools/{schoolId}',
    passes: admin,
    at: 'alliance',
    second: { name: 'schoolId', at: 'memberSchool' },
    ask: () => ({ json: { role: 'member' } }),
  },
  {
    route: 'DELETE /api/alliances/{id}/schools/{schoolId}',
    passes: admin,
    at: 'alliance',
    second: { name: 'schoolId', at: 'memberSchool' },
  },
  {
    route: 'GET /api/alliances/{id}/presenters',
    passes: allied,
    hidden: outsiders,
    at: 'alliance',
  },

  { route: 'GET /api/schools/{id}/bell-times', passes: allied, hidden: outsiders, at: 'school' },
  { route: 'PUT /api/schools/{id}/bell-times', passes: own, hidden: outsideKeepers, at: 'school', ask: bells },
  {
    route: 'GET /api/schools/{id}/pupil-consent',
    passes: ['principal', 'admin'],
    hidden: ['memberPrincipal', 'outsidePrincipal'],
    at: 'school',
  },
  {
    route: 'PUT /api/schools/{id}/pupil-consent',
    passes: ['principal', 'admin'],
    hidden: ['memberPrincipal', 'outsidePrincipal'],
    at: 'school',
    ask: () => ({ json: { pupilsRecorded: 'voices' } }),
  },
  {
    route: 'GET /api/schools/{id}/retention',
    passes: ['principal', 'admin'],
    hidden: ['memberPrincipal', 'outsidePrincipal'],
    at: 'school',
  },
  {
    route: 'PUT /api/schools/{id}/retention',
    passes: ['principal', 'admin'],
    hidden: ['memberPrincipal', 'outsidePrincipal'],
    at: 'school',
    ask: () => ({ json: { keptDays: 400 } }),
  },
  {
    route: 'GET /api/alliances/{id}/terms',
    passes: allied,
    hidden: outsiders,
    at: 'alliance',
    shows: { target: 'term', to: allied },
  },
  {
    route: 'POST /api/alliances/{id}/terms',
    passes: daysKeepers,
    hidden: [...outsideKeepers, 'outsideOffice'],
    at: 'alliance',
    ask: term,
  },
  {
    route: 'PUT /api/terms/{id}',
    passes: daysKeepers,
    hidden: [...outsideKeepers, 'outsideOffice'],
    at: 'term',
    ask: term,
  },
  { route: 'DELETE /api/terms/{id}', passes: daysKeepers, hidden: [...outsideKeepers, 'outsideOffice'], at: 'term' },

  { route: 'GET /api/accounts', passes: keepers, shows: { target: 'account', to: own } },
  { route: 'POST /api/accounts', passes: own, ask: account('teacher') },
  { route: 'POST /api/staff-list-previews', passes: keepers },
  { route: 'POST /api/accounts', about: 'a principal', passes: admin, ask: account('principal') },
  { route: 'PATCH /api/accounts/{id}', passes: own, hidden: otherKeepers, at: 'account', ask: named },
  {
    route: 'PATCH /api/accounts/{id}',
    about: 'a rise to principal',
    passes: admin,
    hidden: otherKeepers,
    at: 'account',
    ask: () => ({ json: { role: 'principal' } }),
  },
  {
    route: 'PATCH /api/accounts/{id}',
    about: 'a principal',
    passes: admin,
    hidden: otherKeepers,
    at: 'principalAccount',
    ask: named,
  },
  { route: 'POST /api/accounts/{id}/password', passes: own, hidden: otherKeepers, at: 'account' },
  {
    route: 'POST /api/accounts/{id}/password',
    about: 'a principal',
    passes: admin,
    hidden: otherKeepers,
    at: 'principalAccount',
  },

  { route: 'GET /api/rooms', passes: accounts, shows: { target: 'room', to: allied } },
  {
    route: 'POST /api/rooms',
    passes: own,
    ask: (facts) => ({ json: { schoolId: facts.school, name: facts.word() } }),
  },
  { route: 'PATCH /api/rooms/{id}', passes: own, hidden: outsideKeepers, at: 'room', ask: named },
  { route: 'DELETE /api/rooms/{id}', passes: own, hidden: outsideKeepers, at: 'room' },
  { route: 'POST /api/rooms/{id}/devices', passes: own, hidden: outsideKeepers, at: 'room', ask: named },
  { route: 'DELETE /api/devices/{id}', passes: own, hidden: outsideKeepers, at: 'deviceOfRoom' },
  { route: 'GET /api/device-authorizations/{userCode}', passes: keepers, second: { name: 'userCode', at: 'userCode' } },
  {
    route: 'POST /api/device-authorizations/{userCode}/confirmation',
    about: 'for a room of the other school',
    passes: ['memberOperator', 'memberPrincipal', 'admin'],
    hidden: outsideKeepers,
    second: { name: 'userCode', at: 'userCode' },
    ask: (facts) => ({ json: { roomId: facts.secondRoom, name: '大屏' } }),
  },
  {
    route: 'POST /api/device-authorizations/{userCode}/denial',
    passes: keepers,
    second: { name: 'userCode', at: 'userCode' },
  },
  { route: 'GET /api/room-checks', passes: accounts, shows: { target: 'room', to: allied } },
  { route: 'GET /api/class-sessions/{id}/room-checks', passes: allied, hidden: outsiders, at: 'session' },
  { route: 'POST /api/rooms/{id}/check', passes: own, hidden: outsideKeepers, at: 'room' },
  { route: 'POST /api/device/check', passes: devices, ask: nothing },
  { route: 'POST /api/device/link-check', passes: devices },
  { route: 'GET /api/device/link-check/bytes', passes: devices },
  { route: 'POST /api/device/link-check/bytes', passes: devices },
  { route: 'GET /api/device/today', passes: devices, shows: { target: 'session', to: ['memberDevice'] } },

  { route: 'GET /api/catalog/nodes', passes: signedIn },
  { route: 'GET /api/catalog/nodes/{id}', passes: signedIn, at: 'node' },
  { route: 'GET /api/catalog/lessons', passes: signedIn },
  { route: 'POST /api/catalog/import', passes: admin },
  { route: 'GET /api/synonyms', passes: admin, shows: { target: 'synonym', to: admin } },
  { route: 'POST /api/synonyms', passes: admin, ask: words },
  { route: 'PUT /api/synonyms/{id}', passes: admin, at: 'synonym', ask: words },
  { route: 'DELETE /api/synonyms/{id}', passes: admin, at: 'synonym' },

  { route: 'POST /api/resources', passes: inSchools, ask: resource },
  { route: 'POST /api/uploads', passes: inSchools, ask: () => ({ headers: creation }) },
  {
    route: 'HEAD /api/uploads/{id}',
    passes: ['teacher'],
    hidden: accounts,
    at: 'upload',
    ask: () => ({ headers: tus }),
  },
  {
    route: 'PATCH /api/uploads/{id}',
    passes: ['teacher'],
    hidden: accounts,
    at: 'upload',
    // Beyond what has been sent: told to the owner alone.
    ask: () => ({ headers: { ...tus, 'upload-offset': '5', 'content-type': 'application/offset+octet-stream' } }),
  },
  {
    route: 'DELETE /api/uploads/{id}',
    passes: ['teacher'],
    hidden: accounts,
    at: 'upload',
    ask: () => ({ headers: tus }),
  },

  {
    route: 'GET /api/class-sessions',
    passes: signedIn,
    shows: { target: 'session', to: [...allied, 'memberDevice'] },
  },
  {
    route: 'POST /api/class-sessions',
    passes: ['teacher', 'operator', 'principal', 'office', 'admin'],
    hidden: outsiders,
    ask: lesson,
  },
  {
    route: 'POST /api/class-session-series',
    passes: ['teacher', 'operator', 'principal', 'office', 'admin'],
    hidden: outsiders,
    ask: repeated,
  },
  {
    route: 'POST /api/class-session-previews',
    passes: ['teacher', 'operator', 'principal', 'office', 'admin'],
    hidden: outsiders,
    ask: looked,
  },
  {
    route: 'GET /api/alliances/{id}/room-groups',
    passes: allied,
    hidden: outsiders,
    at: 'alliance',
    shows: { target: 'roomGroup', to: allied },
  },
  { route: 'POST /api/alliances/{id}/room-groups', passes: allied, hidden: outsiders, at: 'alliance', ask: group },
  { route: 'PUT /api/room-groups/{id}', passes: groupKeepers, hidden: outsiders, at: 'roomGroup', ask: group },
  { route: 'DELETE /api/room-groups/{id}', passes: groupKeepers, hidden: outsiders, at: 'roomGroup' },
  { route: 'GET /api/me/calendar', passes: accounts },
  { route: 'POST /api/me/calendar', passes: accounts },
  { route: 'DELETE /api/me/calendar', passes: accounts },
  { route: 'GET /api/rooms/{id}/calendar', passes: own, hidden: outsideKeepers, at: 'room' },
  { route: 'POST /api/rooms/{id}/calendar', passes: own, hidden: outsideKeepers, at: 'room' },
  { route: 'DELETE /api/rooms/{id}/calendar', passes: own, hidden: outsideKeepers, at: 'room' },
  // The address is the key: whoever has another one is told nothing, signed in or not.
  { route: 'GET /calendar/{file}', passes: [], hidden: everybody, rest: { file: 'unknown.ics' } },
  { route: 'GET /api/me/notices', passes: accounts },
  { route: 'POST /api/me/notices/read', passes: accounts, ask: nothing },
  {
    route: 'GET /api/class-sessions/{id}',
    passes: [...allied, 'memberDevice'],
    hidden: signedIn,
    at: 'session',
  },
  {
    route: 'PATCH /api/class-sessions/{id}',
    passes: ['teacher', 'operator', 'principal', 'office', 'admin'],
    hidden: outsiders,
    at: 'session',
    ask: () => ({ json: { title: '分数', allowClash: true } }),
  },
  {
    route: 'POST /api/class-sessions/{id}/cancellation',
    passes: ['teacher', 'operator', 'principal', 'office', 'admin'],
    hidden: outsiders,
    at: 'session',
    ask: nothing,
  },
  { route: 'POST /api/class-sessions/{id}/start', passes: ['teacher'], hidden: outsiders, at: 'cancelledSession' },
  {
    route: 'POST /api/class-sessions/{id}/join',
    passes: [...allied, 'memberDevice'],
    hidden: signedIn,
    at: 'session',
  },
  { route: 'GET /api/class-sessions/{id}/notes', passes: allied, hidden: outsiders, at: 'session' },
  { route: 'POST /api/class-sessions/{id}/notes', passes: allied, hidden: outsiders, at: 'session', ask: note },
  {
    route: 'PATCH /api/class-sessions/{id}/notes/{noteId}',
    passes: [],
    hidden: accounts,
    at: 'session',
    second: { name: 'noteId', at: 'unknown' },
    ask: note,
  },
  {
    route: 'DELETE /api/class-sessions/{id}/notes/{noteId}',
    passes: [],
    hidden: accounts,
    at: 'session',
    second: { name: 'noteId', at: 'unknown' },
  },
  {
    route: 'POST /api/class-sessions/{id}/assistant-invitation',
    passes: ['memberDevice'],
    hidden: devices,
    at: 'session',
  },
  {
    route: 'GET /api/class-sessions/{id}/attendance',
    passes: ['teacher', 'operator', 'principal', 'office', 'admin', 'memberOperator', 'memberPrincipal'],
    hidden: outsiders,
    at: 'session',
  },
  {
    route: 'GET /api/class-sessions/{id}/attendance.xlsx',
    passes: ['teacher', 'operator', 'principal', 'office', 'admin', 'memberOperator', 'memberPrincipal'],
    hidden: outsiders,
    at: 'session',
  },
  {
    route: 'PUT /api/class-sessions/{id}/attendance/{roomId}',
    passes: ['teacher', 'admin', 'memberOperator', 'memberPrincipal'],
    hidden: outsiders,
    at: 'session',
    second: { name: 'roomId', at: 'sessionRoom' },
    ask: () => ({ json: { headCount: 31 } }),
  },
  {
    route: 'GET /api/alliances/{id}/attendance.xlsx',
    passes: ['office', 'admin'],
    hidden: ['outsideOffice'],
    at: 'alliance',
  },
  { route: 'GET /api/class-sessions/{id}/slides', passes: allied, hidden: outsiders, at: 'session' },
  {
    route: 'PUT /api/class-sessions/{id}/slides',
    passes: ['teacher'],
    hidden: outsiders,
    at: 'cancelledSession',
    ask: () => ({ json: { slidesFileId: null } }),
  },
  {
    route: 'POST /api/class-sessions/{id}/end',
    passes: ['teacher', 'operator', 'admin'],
    hidden: outsiders,
    at: 'cancelledSession',
  },

  { route: 'GET /api/audit-events', passes: auditors },
  { route: 'GET /api/audit-events.csv', passes: auditors },
  { route: 'GET /api/me/unfinished', passes: accounts },

  { route: 'GET /api/system/status', passes: operators },
  { route: 'GET /api/system/undone', passes: admin },
  {
    route: 'POST /api/system/undone/{kind}/{id}/retry',
    passes: [],
    hidden: admin,
    at: 'unknown',
    rest: { kind: 'document' },
  },

  // The last one, because nobody is signed in after it.
  { route: 'POST /api/sign-out', passes: everybody },
];

export interface SharedLine {
  route: string;
  of: 'resource' | 'file';
  /** Of those who see it; the others of them are refused with 403, and who does not see it is told 404. Default: all. */
  passes?: Callers;
  /** Get through whatever they see: to be told why it cannot be, as the owner of a file. */
  always?: Callers;
  /** To whom the route is closed whatever they see. */
  closed?: Callers;
  /** What stands in the address beside the id. */
  rest?: Record<string, string>;
  /** What stands behind it. */
  query?: string;
  ask?: () => Asked;
}

const changed: Callers = ['teacher', 'admin'];
/** Routes that give a resource, or a file of it, to whoever may see it. */
export const shared: SharedLine[] = [
  { route: 'GET /api/resources/{id}', of: 'resource' },
  { route: 'GET /api/resources/{id}/ink', of: 'resource' },
  {
    route: 'PATCH /api/resources/{id}',
    of: 'resource',
    passes: changed,
    closed: devices,
    ask: () => ({ json: { revision: 1, title: '改过的' } }),
  },
  { route: 'POST /api/resources/{id}/publication', of: 'resource', passes: changed, closed: devices },
  { route: 'DELETE /api/resources/{id}/publication', of: 'resource', passes: changed, closed: devices },
  { route: 'DELETE /api/resources/{id}', of: 'resource', passes: changed, closed: devices },
  {
    route: 'PUT /api/resources/{id}/retention',
    of: 'resource',
    passes: changed,
    closed: devices,
    ask: () => ({ json: { keptForEver: true } }),
  },
  { route: 'GET /api/files/{id}', of: 'file' },
  { route: 'GET /api/files/{id}/content', of: 'file' },
  { route: 'GET /api/files/{id}/contents', of: 'file' },
  { route: 'GET /api/files/{id}/pages', of: 'file' },
  { route: 'GET /api/files/{id}/pages/{n}', of: 'file', rest: { n: '1' } },
  { route: 'GET /api/files/{id}/pages/{n}/text', of: 'file', rest: { n: '1' } },
  { route: 'GET /api/files/{id}/thumbnail', of: 'file' },
  { route: 'GET /api/files/{id}/poster', of: 'file' },
  { route: 'GET /api/files/{id}/renditions', of: 'file' },
  { route: 'GET /api/files/{id}/renditions/{name}', of: 'file', rest: { name: '360p' } },
  { route: 'GET /api/files/{id}/sprite', of: 'file' },
  { route: 'GET /api/files/{id}/waveform', of: 'file' },
  { route: 'GET /api/files/{id}/captions', of: 'file' },
  { route: 'GET /api/files/{id}/captions/{trackId}', of: 'file' },
  { route: 'GET /api/files/{id}/captions/{trackId}/vtt', of: 'file' },
  {
    route: 'POST /api/files/{id}/captions',
    of: 'file',
    passes: changed,
    closed: devices,
    query: '?kind=captions&language=zh-CN&label=zh',
    ask: () => ({ body: 'WEBVTT', headers: { 'content-type': 'text/vtt' } }),
  },
  {
    route: 'PUT /api/files/{id}/captions/{trackId}',
    of: 'file',
    passes: changed,
    closed: devices,
    ask: () => ({ json: { revision: 1, kind: 'captions', language: 'zh-CN', label: '中文', cues: [] } }),
  },
  { route: 'DELETE /api/files/{id}/captions/{trackId}', of: 'file', passes: changed, closed: devices },
  { route: 'GET /api/files/{id}/position', of: 'file', closed: devices },
  {
    route: 'PUT /api/files/{id}/position',
    of: 'file',
    closed: devices,
    ask: () => ({ json: { positionMs: 1000 } }),
  },
  { route: 'DELETE /api/files/{id}', of: 'file', passes: ['teacher'], always: ['teacher'], closed: devices },
];

/** Lists of resources: which address finds those of the walk, and by which id of theirs. */
export interface ListLine {
  route: string;
  query: string;
  by: 'resource' | 'node';
  /** To whom the route is closed. */
  closed?: Callers;
  finds(state: State): Callers;
}

const published = (state: State): Callers => (state === 'draft' || state === 'loose' ? [] : seers(state, 'resource'));
const mine = (state: State): Callers => (state === 'deleted' || state === 'loose' ? [] : ['teacher']);
export const lists: ListLine[] = [
  { route: 'GET /api/resources', query: '?limit=50&q=稀见题目', by: 'resource', finds: published },
  { route: 'GET /api/resources', query: '?limit=50&q=榫卯结构', by: 'resource', finds: published },
  { route: 'GET /api/resources', query: '?limit=50', by: 'resource', finds: published },
  { route: 'GET /api/search/suggestions', query: '?limit=10&q=权限', by: 'node', finds: published },
  { route: 'GET /api/me/resources', query: '?limit=100', by: 'resource', closed: devices, finds: mine },
];
