import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Client, createClient } from '../../../infra/demo/client.ts';
import { catalogTsv } from '../../../infra/demo/content/catalog.ts';
import type { Product } from './product.ts';

const withId = z.object({ id: z.string() });
const nodeList = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });

/** Two schools that work together, and one that does not belong to them. */
export const schoolNames = ['中心小学', '东河小学', '北山小学'] as const;
type SchoolName = (typeof schoolNames)[number];

const people = {
  teacher: { name: '数学教师一', role: 'teacher', school: '中心小学' },
  member: { name: '数学教师二', role: 'teacher', school: '东河小学' },
  operator: { name: '电教员', role: 'operator', school: '东河小学' },
  stranger: { name: '数学教师三', role: 'teacher', school: '北山小学' },
} as const satisfies Record<string, { name: string; role: string; school: SchoolName }>;
export type Person = keyof typeof people;

export interface Alliance {
  id: string;
  admin: Client;
  schools: Record<SchoolName, string>;
  /** Everyone signs in with their key as account name. */
  passwords: Record<Person | 'admin', string>;
  clientOf(person: Person): Promise<Client>;
  /** The catalog node at the end of a path of names. */
  place(...path: string[]): Promise<string>;
}

/** Founds an alliance with its people and the textbook catalog, through the public interface. */
export async function foundAlliance(product: Product): Promise<Alliance> {
  const admin = createClient(product.address);
  const adminPassword = `${randomUUID()}-长`;
  const { setUpToken: token } = product;
  await admin.send(
    'POST',
    '/setup',
    { token, name: '平台管理员', login: 'admin', password: adminPassword },
    z.unknown(),
  );

  const schools = {} as Record<SchoolName, string>;
  for (const name of schoolNames) {
    const { school } = await admin.send('POST', '/schools', { name }, z.object({ school: withId }));
    schools[name] = school.id;
  }
  const founded = { name: '青禾教育共同体', kind: 'remote' };
  const { alliance } = await admin.send('POST', '/alliances', founded, z.object({ alliance: withId }));
  for (const [name, role] of [
    ['中心小学', 'lead'],
    ['东河小学', 'member'],
  ] as const) {
    await admin.send('PUT', `/alliances/${alliance.id}/schools/${schools[name]}`, { role }, z.unknown());
  }

  const passwords = { admin: adminPassword } as Alliance['passwords'];
  for (const login of Object.keys(people) as Person[]) {
    const { name, role, school } = people[login];
    const { initialPassword } = await admin.send(
      'POST',
      '/accounts',
      { login, name, role, schoolId: schools[school] },
      z.object({ initialPassword: z.string() }),
    );
    passwords[login] = initialPassword;
  }
  await admin.sendText('/catalog/import', 'text/tab-separated-values', catalogTsv(), z.unknown());

  return {
    id: alliance.id,
    admin,
    schools,
    passwords,
    async clientOf(person) {
      const client = createClient(product.address);
      await client.send('POST', '/sign-in', { login: person, password: passwords[person] }, z.unknown());
      return client;
    },
    async place(...path) {
      let parentId: string | null = null;
      for (const name of path) {
        const query: string = parentId ? `?parentId=${parentId}` : '';
        const { items }: z.output<typeof nodeList> = await admin.get(`/catalog/nodes${query}`, nodeList);
        parentId = items.find((item) => item.name === name)?.id ?? null;
        if (parentId === null) throw new Error(`The catalog has no ${name} (${path.join(' / ')}).`);
      }
      if (parentId === null) throw new Error('An empty catalog path.');
      return parentId;
    },
  };
}
