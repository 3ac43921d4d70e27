import type { Database } from '../../../server/database/database.ts';
import type { DeviceService } from '../../../server/devices/service.ts';
import type { Role } from '../../../server/http/route.ts';
import { type App, type Browser, type BrowserOptions, openBrowser } from './browser.ts';
import { type People, password, type SchoolKey } from './people.ts';

export interface VisitedWorld {
  app: App;
  db: Database;
  devices: DeviceService;
  people: People;
}

/** Ways to come to an application: as nobody, as a person, as a device. */
export function visitorsOf({ app, db, devices, people }: VisitedWorld) {
  async function signInAs(login: string, options: BrowserOptions = {}): Promise<Browser> {
    const browser = openBrowser(app, options);
    const response = await browser.post('/api/sign-in', { login, password });
    if (!response.ok) throw new Error(`${login} could not sign in: ${await response.text()}`);
    return browser;
  }

  return {
    /** A browser in which nobody has signed in. */
    open: (options?: BrowserOptions) => openBrowser(app, options),
    signInAs,
    /** Offices and administrators belong to no school: leave it out. */
    signIn: (role: Role, school: SchoolKey = 'lead') => signInAs(`${role}-${school}`),
    /** A browser that is an enrolled device of a new room. */
    async enrolDevice(school: SchoolKey = 'lead', roomName = `录播教室${Math.random().toString(36).slice(2, 8)}`) {
      const { id: roomId } = await db
        .insertInto('room')
        .values({ school_id: people.schools[school], name: roomName })
        .returning('id')
        .executeTakeFirstOrThrow();
      const id = people.accounts['admin-lead'] ?? '';
      const keeper = { kind: 'account', id, role: 'admin', schoolId: null, allianceIds: [] } as const;
      const { code, device } = await devices.announce(keeper, roomId, '一体机');
      const browser = openBrowser(app);
      const response = await browser.post('/api/device/enrolment', { code });
      if (!response.ok) throw new Error(`the device could not enrol: ${await response.text()}`);
      // It is the room's device once it has come with its key.
      await browser.get('/api/me');
      return { browser, roomId, deviceId: device.id };
    },
  };
}
