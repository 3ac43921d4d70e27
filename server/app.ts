import type { OpenAPIHono } from '@hono/zod-openapi';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import type { Schema } from 'hono/types';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type IdentityOptions, identify } from './accounts/identity.ts';
import { type AccountRouteServices, accountRoutes } from './accounts/routes.ts';
import { attendanceRoutes } from './attendance/routes.ts';
import { type AuditRouteServices, auditRoutes } from './audit/routes.ts';
import { calendarFeedRoutes, calendarRoutes } from './calendar-feeds/routes.ts';
import type { CalendarFeedService } from './calendar-feeds/service.ts';
import { captionRoutes } from './captions/routes.ts';
import { catalogRoutes } from './catalog/routes.ts';
import { classSessionRoutes } from './class-sessions/routes.ts';
import { checkRoutes } from './devices/check-routes.ts';
import { enrolmentRoutes } from './devices/enrolment-routes.ts';
import { deviceRoutes } from './devices/routes.ts';
import { type TodayRouteServices, todayRoutes } from './devices/today-routes.ts';
import { AppError } from './errors.ts';
import { type RenditionRouteServices, renditionRoutes } from './files/renditions/routes.ts';
import { type FileRouteServices, fileRoutes } from './files/routes.ts';
import { identifyClient } from './http/client.ts';
import { documentationRoutes, documentHead } from './http/documentation.ts';
import { answerFailure } from './http/failure.ts';
import { measureRequests, metricsRoutes } from './http/metrics.ts';
import { logRequests, numberRequests } from './http/request-log.ts';
import { createRouter, type Env } from './http/route.ts';
import { refuseCrossSite } from './http/same-site.ts';
import { securityHeaders, strictTransport } from './http/security-headers.ts';
import { webFiles } from './http/web-files.ts';
import { lessonNoteRoutes } from './lesson-notes/routes.ts';
import { noticeRoutes } from './notices/routes.ts';
import { playbackRoutes } from './playback/routes.ts';
import { pupilConsentRoutes } from './pupil-consent/routes.ts';
import { resourceRoutes } from './resources/routes.ts';
import { retentionRoutes } from './retention/routes.ts';
import { roomGroupRoutes } from './room-groups/routes.ts';
import { schoolDayRoutes } from './school-days/routes.ts';
import { schoolRoutes } from './schools/routes.ts';
import { type SetUpRouteServices, setUpRoutes } from './setup/routes.ts';
import { synonymRoutes } from './synonyms/routes.ts';
import { healthRoutes, type SystemRouteServices, systemRoutes } from './system/routes.ts';
import type { SystemService } from './system/service.ts';
import { type UploadRouteServices, uploadRoutes } from './uploads/routes.ts';

/** What every feature's routes ask for, under the names they ask for it. */
export type AppServices = AccountRouteServices &
  Parameters<typeof schoolRoutes>[0] &
  Parameters<typeof deviceRoutes>[0] &
  Parameters<typeof enrolmentRoutes>[0] &
  Parameters<typeof checkRoutes>[0] &
  TodayRouteServices &
  Parameters<typeof catalogRoutes>[0] &
  UploadRouteServices &
  FileRouteServices &
  RenditionRouteServices &
  Parameters<typeof captionRoutes>[0] &
  Parameters<typeof playbackRoutes>[0] &
  Parameters<typeof resourceRoutes>[0] &
  Parameters<typeof pupilConsentRoutes>[0] &
  Parameters<typeof retentionRoutes>[0] &
  Parameters<typeof synonymRoutes>[0] &
  Parameters<typeof classSessionRoutes>[0] &
  Parameters<typeof schoolDayRoutes>[0] &
  Parameters<typeof lessonNoteRoutes>[0] &
  Parameters<typeof roomGroupRoutes>[0] &
  Parameters<typeof noticeRoutes>[0] &
  Parameters<typeof calendarFeedRoutes>[0] &
  AuditRouteServices &
  Parameters<typeof attendanceRoutes>[0] &
  SetUpRouteServices &
  SystemRouteServices;

/** What surrounds the features. */
export interface FrameDeps {
  log: Logger;
  metrics: Registry;
  /** Null: /metrics is for this machine itself. */
  metricsToken: string | null;
  identity: IdentityOptions;
  /** Origin of the address that people type, where it is known. */
  publicOrigin: string | null;
  trustedProxies: readonly string[];
  /** Origin that presigned downloads lead to, with an S3 store. */
  storeOrigin: string | null;
  /** Folder of the built web; null serves the API alone. */
  webRoot: string | null;
}

export interface AppDeps extends FrameDeps {
  services: AppServices;
}

/** Answers that are streams, with ranges and tags of their own; what is said of the pages of files, or in them, is text like all the rest. */
const streams =
  /^\/api\/(?:files(?!\/[^/]+\/(?:pages(?:\/\d+\/text)?|captions(?:\/.+)?|renditions|waveform)$)|uploads|device\/link-check\/bytes)(?:\/|$)/;

/** An answer that says how long it took is never the same twice: a tag would cost and match nothing. A table is a stream. */
const untagged = /^\/api\/(?:resources|audit-events\.csv)$/;

/** Chained, so that the web's client knows every route by its type. */
function apiRoutes(services: AppServices) {
  return createRouter()
    .route('/', setUpRoutes(services))
    .route('/', accountRoutes(services))
    .route('/', schoolRoutes(services))
    .route('/', deviceRoutes(services))
    .route('/', enrolmentRoutes(services))
    .route('/', checkRoutes(services))
    .route('/', todayRoutes(services))
    .route('/', catalogRoutes(services))
    .route('/', uploadRoutes(services))
    .route('/', fileRoutes(services))
    .route('/', renditionRoutes(services))
    .route('/', captionRoutes(services))
    .route('/', playbackRoutes(services))
    .route('/', resourceRoutes(services))
    .route('/', pupilConsentRoutes(services))
    .route('/', retentionRoutes(services))
    .route('/', synonymRoutes(services))
    .route('/', classSessionRoutes(services))
    .route('/', schoolDayRoutes(services))
    .route('/', lessonNoteRoutes(services))
    .route('/', roomGroupRoutes(services))
    .route('/', noticeRoutes(services))
    .route('/', calendarFeedRoutes(services))
    .route('/', auditRoutes(services))
    .route('/', attendanceRoutes(services))
    .route('/', systemRoutes(services));
}

/** Everything that holds for each request, around the given routes of the API. */
export function serveApi<S extends Schema>(
  deps: FrameDeps & {
    system: Pick<SystemService, 'readiness'>;
    /** Null: there are none. */
    calendarFeeds: Pick<CalendarFeedService, 'read'> | null;
  },
  api: OpenAPIHono<Env, S, '/'>,
) {
  const app = createRouter();
  app.onError(answerFailure);
  app.notFound((c) => answerFailure(new AppError('not_found'), c));

  app.use(numberRequests(deps.log));
  app.use(measureRequests(deps.metrics));
  app.use(logRequests());
  app.use(securityHeaders(deps.storeOrigin));
  app.use(identifyClient(deps.trustedProxies));
  app.use(strictTransport(deps.publicOrigin));
  app.use(refuseCrossSite(deps.publicOrigin));
  app.route('/', healthRoutes(deps));
  app.route('/', metricsRoutes(deps.metrics, deps.metricsToken));
  if (deps.calendarFeeds !== null) app.route('/', calendarRoutes(deps.calendarFeeds));

  const [squeeze, tag] = [compress(), etag({ weak: true })];
  app.use('/api/*', (c, next) => {
    if (streams.test(c.req.path)) return next();
    // Said before there is an answer: afterwards it would turn the text that is sent into a stream.
    c.header('vary', 'Accept-Encoding');
    return squeeze(c, next);
  });
  app.use('/api/*', (c, next) => (streams.test(c.req.path) || untagged.test(c.req.path) ? next() : tag(c, next)));
  app.use('/api/*', async (c, next) => {
    await next();
    // Answers depend on who asks, so no cache between may keep them.
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'private, no-cache');
  });
  app.use('/api/*', identify(deps.identity));
  app.route('/api', documentationRoutes());
  const served = app.route('/api', api);
  served.doc31('/api/openapi.json', documentHead);

  if (deps.webRoot !== null) app.route('/', webFiles(deps.webRoot));
  return served;
}

/** The whole application without a socket: tests call its `request()`, main.ts gives it to a server. */
export function createApp({ services, ...frame }: AppDeps) {
  const { system, calendarFeeds } = services;
  return serveApi({ ...frame, system, calendarFeeds }, apiRoutes(services));
}

/** For hono's typed client. */
export type AppType = ReturnType<typeof createApp>;
