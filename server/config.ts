import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { clamdAddressSchema } from './previews/virus-scan/clamd.ts';

const MiB = 1024 * 1024;

const text = z.string().trim().min(1);
const optionalText = text.optional();
const port = z.coerce.number().int().min(1).max(65535);
const count = z.coerce.number().int().min(1);
const flag = z.enum(['true', 'false', '1', '0', 'yes', 'no']).transform((word) => ['true', '1', 'yes'].includes(word));
const list = z.string().transform((line) =>
  line
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
const url = z.url();

const iceServer = z.object({
  urls: z.union([text.transform((one) => [one]), z.array(text).min(1)]),
  username: optionalText,
  credential: optionalText,
});
const iceServers = z
  .string()
  .transform((line, context) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(iceServer));

/**
 * Every setting of the environment, with its default. Nothing else in the product reads the environment.
 * Sizes are bytes, times are named by their unit.
 */
const schema = z.object({
  HOST: text.default('0.0.0.0'),
  PORT: port.default(8080),
  DATA_DIR: text.default('./data').transform((folder) => resolve(folder)),
  /** The address people type, when it is not http://HOST:PORT, such as https://tongke.example.edu.cn. */
  PUBLIC_URL: url.optional(),
  /** `info` adds a line for each request and each job. */
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),

  /** `auto`: with TLS_CERT and TLS_KEY or a certificate of the local authority. `off`: behind a proxy. */
  TLS: z.enum(['auto', 'off']).default('auto'),
  TLS_PORT: port.default(8443),
  TLS_CERT: optionalText,
  TLS_KEY: optionalText,
  /** Further host names and addresses for the certificate of the local authority. */
  TLS_NAMES: list.default([]),
  /** Addresses or CIDR ranges of proxies whose X-Forwarded-* headers are believed. */
  TRUSTED_PROXIES: list.default([]),

  DATABASE_URL: url.optional(),
  DATABASE_POOL: count.default(10),

  S3_ENDPOINT: url.optional(),
  /** Where browsers reach the store for presigned downloads, when that is another address. */
  S3_PUBLIC_ENDPOINT: url.optional(),
  S3_REGION: text.default('us-east-1'),
  S3_BUCKET: text.default('tongke'),
  S3_ACCESS_KEY_ID: optionalText,
  S3_SECRET_ACCESS_KEY: optionalText,
  S3_FORCE_PATH_STYLE: flag.default(true),

  MEILI_URL: url.optional(),
  MEILI_KEY: optionalText,
  /** Name of the index; several installations can share one Meilisearch. */
  MEILI_INDEX: text.default('resources'),

  ANNOUNCED_ADDRESS: optionalText,
  /** First of MEDIA_WORKERS ports, UDP and TCP, one a worker. */
  MEDIA_PORT: port.default(44400),
  MEDIA_WORKERS: count.max(64).default(() => availableParallelism()),
  MEDIASOUP_WORKER_BIN: optionalText,
  ICE_SERVERS: iceServers.default([]),
  /** Shared with the TURN servers (coturn's static-auth-secret): their credentials are made for each and end by themselves. */
  TURN_SECRET: optionalText,

  FFMPEG_PATH: text.default('ffmpeg'),
  FFPROBE_PATH: text.default('ffprobe'),
  SOFFICE_PATH: text.default('soffice'),
  PDFTOPPM_PATH: text.default('pdftoppm'),
  PDFTOTEXT_PATH: text.default('pdftotext'),
  PDFINFO_PATH: text.default('pdfinfo'),
  HEIF_CONVERT_PATH: text.default('heif-convert'),

  /** Of a running clamd, as `host:port` or `unix:/path`; without it files are not scanned for viruses. */
  CLAMD_ADDRESS: clamdAddressSchema.optional(),

  UPLOAD_MAX_BYTES: count.default(8 * 1024 * MiB),
  UPLOAD_EXPIRY_HOURS: count.default(72),
  JOB_CONCURRENCY: count.default(2),

  SIGN_IN_ATTEMPTS: count.default(10),
  SIGN_IN_LOCK_MINUTES: count.default(15),
  /** How long the audit trail goes back. */
  AUDIT_KEPT_DAYS: count.default(3 * 365 + 1),
  /** Bearer token that /metrics asks for; without it only this machine itself may read them. */
  METRICS_TOKEN: optionalText,
});

export type Config = Readonly<z.output<typeof schema>>;

/** Names of all settings, for the check that documents and deployment files name no other. */
export const settingNames: readonly string[] = Object.keys(schema.shape);

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`These settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

function crossChecks(config: Config): string[] {
  const problems: string[] = [];
  const together = (names: (keyof Config)[]) => {
    const given = names.filter((name) => config[name] !== undefined);
    const missing = names.filter((name) => config[name] === undefined);
    if (given.length > 0 && missing.length > 0) {
      problems.push(`${missing.join(', ')}: needed together with ${given.join(', ')}`);
    }
  };
  together(['TLS_CERT', 'TLS_KEY']);
  together(['S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']);
  together(['MEILI_URL', 'MEILI_KEY']);
  if (config.TLS === 'auto' && config.PORT === config.TLS_PORT) {
    problems.push('TLS_PORT: must differ from PORT');
  }
  return problems;
}

/**
 * Reads the settings. Empty values count as not given, as compose files produce them.
 * @throws ConfigError naming every wrong setting at once.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => settingNames.includes(name) && value !== ''),
  );
  const result = schema.safeParse(given);
  if (!result.success) {
    throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const problems = crossChecks(result.data);
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(result.data);
}
