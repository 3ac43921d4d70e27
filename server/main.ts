import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { z } from 'zod';
import { announce, writeRunningFile } from './announcement.ts';
import { createApp } from './app.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { openDataFolder } from './embedded/data-folder.ts';
import { StartError } from './embedded/start-error.ts';
import { measureParts } from './gauges.ts';
import { createMetrics } from './http/metrics.ts';
import { listen, networkAddresses } from './listen.ts';
import { createLog } from './log.ts';
import { createOutbox } from './outbox/outbox.ts';
import { openParts } from './parts.ts';
import { exposuresOf, missingPrograms, probesOf } from './probes.ts';
import { startServices } from './services.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';
import { type Fault, faultOf, sentenceOf } from './system/faults.ts';
import { createSystemService } from './system/service.ts';
import { createUndoneList } from './system/undone.ts';
import { loadServerTls, type ServerTls } from './tls/certificates.ts';

/** SIGTERM ends the process within 10 s, even when parts hang; answers under way get less than a part does. */
const wholeMs = 9_000;
const partMs = 4_000;
const drainMs = 2_000;
const oneRequestMs = 2_000;
const dayMs = 24 * 60 * 60 * 1000;
const top = fileURLToPath(new URL('..', import.meta.url));

async function loadTls(config: Config, dataDir: string): Promise<ServerTls | null> {
  if (config.TLS === 'off') return null;
  return await loadServerTls({
    dataDir,
    certificateFile: config.TLS_CERT,
    privateKeyFile: config.TLS_KEY,
    names: [...config.TLS_NAMES, config.ANNOUNCED_ADDRESS, config.PUBLIC_URL],
  });
}

/** Where this machine reaches a server that listens on `host`. */
function localHost(host: string): string {
  if (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

async function version(): Promise<string> {
  const file = await readFile(join(top, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version;
}

async function start(config: Config, log: Logger, shutdown: Shutdown): Promise<void> {
  const startedAt = new Date();
  const folder = await openDataFolder(config.DATA_DIR);
  shutdown.add('data folder', () => folder.release());
  const dataDir = folder.path;
  await rm(join(dataDir, 'running.json'), { force: true });
  const tls = await loadTls(config, dataDir);

  const parts = await openParts({ config, dataDir, log, shutdown });
  const { services, authentication, cookieSecret, classroom, index, scanner, unprotected } = await startServices({
    config,
    dataDir,
    parts,
    log,
    shutdown,
  });
  const lacking = [...(await missingPrograms(config)), ...exposuresOf(unprotected)];
  const webRoot = join(top, 'web/dist');
  const hasPages = existsSync(join(webRoot, 'index.html'));
  const known: Fault[] = [...parts.faults, ...(hasPages ? [] : [faultOf('pages_not_built', { subject: 'web/dist' })])];
  const undone = createUndoneList({
    db: parts.database.db,
    deadJobs: parts.jobs.dead,
    outbox: createOutbox(),
    titlesOf: (actor, ids) => services.resources.titlesOf(actor, ids),
  });
  const metrics = createMetrics();
  measureParts(metrics, parts, classroom, undone);
  const system = createSystemService({
    probes: probesOf(parts, index, classroom, lacking, scanner),
    undone,
    version: await version(),
    startedAt,
    versions: async () => [{ name: 'Node.js', version: process.versions.node }],
    dataDir,
    known,
  });
  const app = createApp({
    log,
    metrics,
    metricsToken: config.METRICS_TOKEN ?? null,
    identity: {
      ...{ db: parts.database.db, pool: parts.database.pool, authentication, secret: cookieSecret },
      keyUsed: (deviceId) => services.devices.keyUsed(deviceId),
    },
    services: { ...services, system, authority: tls?.authority ?? null },
    publicOrigin: config.PUBLIC_URL ? new URL(config.PUBLIC_URL).origin : null,
    trustedProxies: config.TRUSTED_PROXIES,
    storeOrigin: config.S3_ENDPOINT ? new URL(config.S3_PUBLIC_ENDPOINT ?? config.S3_ENDPOINT).origin : null,
    webRoot: hasPages ? webRoot : null,
  });

  const plain = await listen({ fetch: app.fetch, host: config.HOST, port: config.PORT });
  const listening = [plain];
  shutdown.add('HTTP', () => Promise.all(listening.map((each) => each.close(drainMs))));
  classroom.attach(plain.server);
  if (tls) {
    const secure = await listen({ fetch: app.fetch, host: config.HOST, port: config.TLS_PORT, tls });
    listening.push(secure);
    classroom.attach(secure.server);
    const renewal = setInterval(() => {
      loadTls(config, dataDir)
        .then((renewed) => {
          if (renewed && 'setSecureContext' in secure.server) secure.server.setSecureContext(renewed);
        })
        .catch((error: unknown) => log.error({ err: error }, 'the certificate could not be renewed'));
    }, dayMs);
    renewal.unref();
  }

  // First of all: its people look for another server, and the recordings are written while everything is still there.
  shutdown.add('lessons', () => classroom.close());

  const announcement = {
    address: config.PUBLIC_URL ?? `http://${localHost(config.HOST)}:${config.PORT}`,
    secureAddresses: tls ? networkAddresses().map((address) => `https://${address}:${config.TLS_PORT}`) : [],
    setUpToken: await services.setUp.issueToken(),
    dataDir,
    parts: parts.described,
    degraded: [...known, ...lacking.map(({ code, ...more }) => faultOf(code, { part: 'converters', ...more }))].map(
      sentenceOf,
    ),
  };
  await writeRunningFile(announcement);
  process.stdout.write(announce(announcement));
}

/**
 * Ends the process in good order when it is asked to, at once when it is asked again. Ctrl+C comes from the terminal and
 * from npm, a service manager's signal through every process between: those are one request.
 */
function endOnSignals(shutdown: Shutdown, log: Logger, starting: () => Promise<void>): void {
  let askedAt: number | null = null;
  const end = (signal: NodeJS.Signals) => {
    if (askedAt !== null && performance.now() - askedAt > oneRequestMs) process.exit(1);
    if (askedAt !== null) return;
    askedAt = performance.now();
    log.info({ signal }, 'stopping');
    void shutdown.run(starting()).then((clean) => process.exit(clean ? 0 : 1));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
}

/** Words for the person at the console, for problems that they can mend. */
function explain(error: unknown): string | null {
  return error instanceof StartError || error instanceof ConfigError ? `\n${error.message}\n` : null;
}

async function main(): Promise<void> {
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    process.stderr.write(explain(error) ?? `${String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  const log = createLog(config.LOG_LEVEL);
  const shutdown = createShutdown({ log, partMs, wholeMs });
  let starting = Promise.resolve();
  endOnSignals(shutdown, log, () => starting);
  try {
    starting = start(config, log, shutdown);
    await starting;
  } catch (error) {
    // Whoever asked it to stop ends it, too.
    if (shutdown.signal.aborted) return;
    const words = explain(error);
    if (words) process.stderr.write(words);
    else log.fatal({ err: error }, 'the server could not start');
    await shutdown.run();
    process.exit(1);
  }
}

await main();
