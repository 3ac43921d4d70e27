import { z } from 'zod';
import { type Client, createClient } from './client.ts';
import { catalogTsv } from './content/catalog.ts';
import { type DemoResource, demoResources, type SchoolName } from './content/resources.ts';
import { topics } from './content/topics.ts';
import { allianceName, contributorOf, people, rooms, schools } from './people.ts';

const withId = z.object({ id: z.string() });
const anything = z.unknown();
const nodeList = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });

export interface SeedOptions {
  /** Such as `http://localhost:8080`. */
  origin: string;
  /** The one-time token of the set-up link. */
  setUpToken: string;
  /** One password for every account of the demonstration. */
  password: string;
  progress: (line: string) => void;
}

/** Fills an empty installation through its public interface, as its people would. */
export async function seed(options: SeedOptions): Promise<void> {
  const { origin, password, progress } = options;
  const admin = createClient(origin);
  await admin.send(
    'POST',
    '/setup',
    { token: options.setUpToken, name: '平台管理员', login: 'admin', password },
    anything,
  );

  const schoolIds = await createSchools(admin);
  const allianceId = await createAlliance(admin, schoolIds);
  progress(`${allianceName}: ${schools.length} schools`);

  const clients = await createPeople(options, admin, schoolIds, allianceId);
  const roomIds = new Map<string, string>();
  for (const { school, name } of rooms) {
    const { room } = await admin.send(
      'POST',
      '/rooms',
      { schoolId: schoolIds.get(school), name },
      z.object({ room: withId }),
    );
    roomIds.set(`${school} ${name}`, room.id);
  }
  const imported = await admin.sendText(
    '/catalog/import',
    'text/tab-separated-values',
    catalogTsv(),
    z.object({ created: z.number() }),
  );
  progress(`catalog: ${imported.created} entries`);

  const slides = await createResources(demoResources, admin, clients, progress);
  await createTimetable(clients, allianceId, roomIds, slides);
  progress('timetable: today and the days around it');
}

async function createSchools(admin: Client): Promise<Map<SchoolName, string>> {
  const ids = new Map<SchoolName, string>();
  for (const name of schools) {
    const { school } = await admin.send('POST', '/schools', { name }, z.object({ school: withId }));
    await admin.send('PUT', `/schools/${school.id}/pupil-consent`, { pupilsRecorded: 'voices' }, anything);
    ids.set(name, school.id);
  }
  return ids;
}

async function createAlliance(admin: Client, schoolIds: Map<SchoolName, string>): Promise<string> {
  const { alliance } = await admin.send(
    'POST',
    '/alliances',
    { name: allianceName, kind: 'remote' },
    z.object({ alliance: withId }),
  );
  for (const [name, id] of schoolIds) {
    await admin.send(
      'PUT',
      `/alliances/${alliance.id}/schools/${id}`,
      { role: name === '中心小学' ? 'lead' : 'member' },
      anything,
    );
  }
  return alliance.id;
}

async function createPeople(
  { origin, password }: SeedOptions,
  admin: Client,
  schoolIds: Map<SchoolName, string>,
  allianceId: string,
): Promise<Map<string, Client>> {
  const clients = new Map<string, Client>();
  for (const { login, name, role, school } of people) {
    const { initialPassword } = await admin.send(
      'POST',
      '/accounts',
      { login, name, role, schoolId: school && schoolIds.get(school), allianceId: school === null ? allianceId : null },
      z.object({ initialPassword: z.string() }),
    );
    const client = createClient(origin);
    await client.send('POST', '/sign-in', { login, password: initialPassword }, anything);
    await client.send('POST', '/me/password', { current: initialPassword, next: password }, anything);
    clients.set(login, client);
  }
  return clients;
}

/** Finds catalog nodes by the names on their path; every level is asked for once. */
function catalogFinder(client: Client) {
  const children = new Map<string, Promise<z.output<typeof nodeList>>>();
  const childrenOf = (parentId: string | null) => {
    const known = children.get(parentId ?? '');
    if (known) return known;
    const asked = client.get(`/catalog/nodes${parentId ? `?parentId=${parentId}` : ''}`, nodeList);
    children.set(parentId ?? '', asked);
    return asked;
  };
  return async (path: readonly string[]): Promise<string> => {
    let parentId: string | null = null;
    for (const name of path) {
      const { items } = await childrenOf(parentId);
      const node = items.find((item) => item.name === name);
      if (!node) throw new Error(`The catalog has no ${name} (${path.join(' / ')}).`);
      parentId = node.id;
    }
    if (parentId === null) throw new Error('An empty catalog path.');
    return parentId;
  };
}

async function createResources(
  resources: readonly DemoResource[],
  admin: Client,
  clients: Map<string, Client>,
  progress: SeedOptions['progress'],
): Promise<Map<string, { fileId: string; nodeId: string }>> {
  const find = catalogFinder(admin);
  const first = new Map<string, { fileId: string; nodeId: string }>();
  let done = 0;
  for (const resource of resources) {
    const client = clients.get(contributorOf[resource.school]);
    if (!client) throw new Error(`Nobody contributes for ${resource.school}.`);
    const nodeId = await find(resource.place);
    const fileIds: string[] = [];
    for (const file of resource.files) fileIds.push(await client.upload(file.name, await file.make()));
    const { title, kind, description, licence, visibility } = resource;
    await client.send(
      'POST',
      '/resources',
      { title, kind, description, nodeId, licence, visibility, fileIds, publish: true },
      anything,
    );
    if (fileIds[0]) first.set(title, { fileId: fileIds[0], nodeId });
    done += 1;
    if (done % 10 === 0 || done === resources.length) progress(`resources: ${done} of ${resources.length}`);
  }
  return first;
}

const minute = 60_000;
const day = 24 * 60 * minute;

async function createTimetable(
  clients: Map<string, Client>,
  allianceId: string,
  roomIds: Map<string, string>,
  slides: Map<string, { fileId: string; nodeId: string }>,
): Promise<void> {
  const quarter = 15 * minute;
  const soon = Math.ceil((Date.now() + 2 * minute) / quarter) * quarter;
  const grade3 = ['东河小学 三(1)班', '西岭小学 三(2)班', '南湾小学 三年级教室'];
  const lessons = [
    { by: 'teacher', topic: topics.oneOfSeveral, at: soon, rooms: grade3 },
    { by: 'chinese', topic: topics.arrows, at: soon + 60 * minute, rooms: ['东河小学 五(1)班'] },
    { by: 'teacher', topic: topics.severalOfSeveral, at: soon + day, rooms: grade3 },
    { by: 'chinese', topic: topics.autumnRain, at: soon + 2 * day, rooms: grade3.slice(0, 2) },
    { by: 'teacher', topic: topics.parallelogram, at: soon + 3 * day, rooms: ['东河小学 五(1)班'] },
  ];
  for (const { by, topic, at, rooms: names } of lessons) {
    const courseware = slides.get(`${topic.title} 课件`);
    await clients.get(by)?.send(
      'POST',
      '/class-sessions',
      {
        title: `${topic.place[3]}${topic.place[1]}《${topic.title}》`,
        allianceId,
        roomIds: names.map((name) => roomIds.get(name)),
        scheduledStart: new Date(at).toISOString(),
        scheduledEnd: new Date(at + 40 * minute).toISOString(),
        nodeId: courseware?.nodeId ?? null,
        slidesFileId: courseware?.fileId ?? null,
      },
      anything,
    );
  }
}
