import { pino } from 'pino';
import { createAttempts } from '../../../server/accounts/attempts.ts';
import { createAuthentication } from '../../../server/accounts/authentication.ts';
import { accountRoutes } from '../../../server/accounts/routes.ts';
import { createAccountService } from '../../../server/accounts/service.ts';
import { createSignInService } from '../../../server/accounts/sign-in.ts';
import { type AppServices, type FrameDeps, serveApi } from '../../../server/app.ts';
import { auditRoutes } from '../../../server/audit/routes.ts';
import { createAuditService } from '../../../server/audit/service.ts';
import { catalogRoutes } from '../../../server/catalog/routes.ts';
import { createCatalogService } from '../../../server/catalog/service.ts';
import { createEnrolment } from '../../../server/devices/enrolment.ts';
import { enrolmentRoutes } from '../../../server/devices/enrolment-routes.ts';
import { deviceRoutes } from '../../../server/devices/routes.ts';
import { createDeviceService } from '../../../server/devices/service.ts';
import { createMetrics } from '../../../server/http/metrics.ts';
import { createRouter } from '../../../server/http/route.ts';
import { createJobs } from '../../../server/jobs/jobs.ts';
import { createOutbox } from '../../../server/outbox/outbox.ts';
import { createPupilConsentService } from '../../../server/pupil-consent/service.ts';
import { schoolDayRoutes } from '../../../server/school-days/routes.ts';
import { createSchoolDayService } from '../../../server/school-days/service.ts';
import { schoolRoutes } from '../../../server/schools/routes.ts';
import { createSchoolService } from '../../../server/schools/service.ts';
import { setUpRoutes } from '../../../server/setup/routes.ts';
import { createSetUpService } from '../../../server/setup/service.ts';
import { createSynonymService } from '../../../server/synonyms/service.ts';
import { systemRoutes } from '../../../server/system/routes.ts';
import { createSystemService } from '../../../server/system/service.ts';
import { createUndoneList } from '../../../server/system/undone.ts';
import { createTestDatabase } from '../../environment/database.ts';
import { type People, people } from './people.ts';
import { visitorsOf } from './visitors.ts';

export { password } from './people.ts';

/** What every test needs: the features that others stand on. Tests of further ones mount them by `app.route('/api', …)`. */
type CoreServices = Omit<
  AppServices,
  | 'uploads'
  | 'files'
  | 'renditions'
  | 'captions'
  | 'playback'
  | 'resources'
  | 'retention'
  | 'classSessions'
  | 'attendance'
  | 'roomChecks'
  | 'roomGroups'
  | 'lessonNotes'
  | 'notices'
  | 'calendarFeeds'
>;

export interface WorldOptions {
  app?: Partial<Omit<FrameDeps, 'identity'>>;
  services?: Partial<CoreServices>;
  /** False leaves the database as migrations make it: nobody can sign in. */
  peopled?: boolean;
  signInAttempts?: number;
}

/** An application on a database of its own with real services, two alliances and an account for each role. */
export async function createWorld(options: WorldOptions = {}) {
  const database = await createTestDatabase();
  const { db } = database;
  const log = pino({ level: 'error' });
  const secret = 'a secret of tests that is long enough';
  const authentication = createAuthentication({ db, secret });
  const attempts = createAttempts(db, { limit: options.signInAttempts ?? 10, windowMs: 15 * 60 * 1000 });
  const accounts = createAccountService({ db });
  const revoked: string[] = [];
  const enrolling = { db, attempts, onRevoked: (deviceId: string) => void revoked.push(deviceId) };
  const devices = createDeviceService(enrolling);
  const services: CoreServices = {
    accounts,
    signIn: await createSignInService({ db, authentication, secret, attempts }),
    schools: createSchoolService({ db }),
    pupilConsent: createPupilConsentService({ db }),
    schoolDays: createSchoolDayService({ db }),
    devices,
    enrolment: createEnrolment({
      ...enrolling,
      keptRoom: (actor, roomId) => devices.keptRoom(actor, roomId),
      placeOf: (id) => devices.place({ id }),
    }),
    catalog: createCatalogService({ db }),
    synonyms: createSynonymService({ db }),
    audit: createAuditService({ db }),
    setUp: createSetUpService({ db, accounts, attempts }),
    system: createSystemService({
      probes: [],
      // Its queue is not started: tests that look at jobs bring one of their own.
      undone: createUndoneList({
        db,
        deadJobs: createJobs({ databaseUrl: database.url, log }).dead,
        outbox: createOutbox(),
        titlesOf: () => Promise.resolve(new Map()),
      }),
      version: 'test',
      startedAt: new Date(),
      versions: () => Promise.resolve([]),
      dataDir: '.',
      known: [],
    }),
    authority: null,
    ...options.services,
  };
  const app = serveApi(
    {
      log,
      metrics: createMetrics(),
      metricsToken: null,
      publicOrigin: null,
      trustedProxies: [],
      storeOrigin: null,
      webRoot: null,
      ...options.app,
      identity: { db, pool: database.pool, authentication, secret, keyUsed: (id) => devices.keyUsed(id) },
      system: services.system,
      calendarFeeds: null,
    },
    createRouter()
      .route('/', setUpRoutes(services))
      .route('/', accountRoutes(services))
      .route('/', schoolRoutes(services))
      .route('/', schoolDayRoutes(services))
      .route('/', deviceRoutes(services))
      .route('/', enrolmentRoutes(services))
      .route('/', catalogRoutes(services))
      .route('/', auditRoutes(services))
      .route('/', systemRoutes(services)),
  );
  const seeded: People =
    options.peopled === false
      ? { alliances: { ours: '', other: '' }, schools: { lead: '', member: '', stranger: '' }, accounts: {} }
      : await people(db);
  return {
    app,
    db,
    database,
    services,
    attempts,
    /** Ids of devices that the classroom was told to put out. */
    revoked,
    ...seeded,
    ...visitorsOf({ app, db, devices: services.devices, people: seeded }),
    close: () => database.close(),
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;
