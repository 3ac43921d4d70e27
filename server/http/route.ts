import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import type { Logger } from 'pino';
import { AppError } from '../errors.ts';
import { limitBody, strangersBytes, usualBytes } from './body-limit.ts';
import type { Client } from './client.ts';

/** What an account may be (product.md); `admin` runs the platform. */
export const roles = ['teacher', 'operator', 'principal', 'office', 'admin'] as const;
export type Role = (typeof roles)[number];

/**
 * Who is asking, and from which address. A device is a room's machine with a key of its own.
 * `knownAt`: before it was looked up whether it has access, in milliseconds since 1970. What is signed for it is as old.
 * `signInId`: by which of the account's sign-ins.
 */
export type Actor = { allianceIds: readonly string[]; address?: string; knownAt?: number } & (
  | { kind: 'account'; id: string; role: Role; schoolId: string | null; signInId?: string }
  | { kind: 'device'; id: string; roomId: string; schoolId: string }
);
export type AccountActor = Extract<Actor, { kind: 'account' }>;
export type DeviceActor = Extract<Actor, { kind: 'device' }>;

/**
 * Who may call a route at all; which rows they reach is decided by the service.
 * `anyone`: no sign-in. `signed-in`: an account or a device. `account`, `device`: one kind. A list: accounts of these roles.
 */
export type Policy = 'anyone' | 'signed-in' | 'account' | 'device' | readonly Role[];

export interface Env {
  Variables: { actor: Actor | null; client: Client; requestId: string; log: Logger };
}

function allows(policy: Policy, actor: Actor | null): boolean {
  if (policy === 'anyone') return true;
  if (actor === null) throw new AppError('not_signed_in');
  if (policy === 'signed-in') return true;
  if (policy === 'account' || policy === 'device') return actor.kind === policy;
  return actor.kind === 'account' && policy.includes(actor.role);
}

/** Refuses whom the policy does not name: 401 without a sign-in, 403 with one. */
export function allow(policy: Policy) {
  return createMiddleware<Env>(async (c, next) => {
    if (!allows(policy, c.get('actor'))) throw new AppError('forbidden');
    await next();
  });
}

/**
 * A documented route with its policy. The policy runs before the input is read and is shown in the
 * OpenAPI document as `x-policy`, so that a test can walk every route.
 *
 * @param maxBytes of the body
 */
export function defineRoute<P extends string, R extends Omit<RouteConfig, 'path'> & { path: P }>(
  policy: Policy,
  config: R,
  maxBytes = policy === 'anyone' ? strangersBytes : usualBytes,
) {
  return createRoute({
    ...config,
    middleware: [allow(policy), limitBody(maxBytes)] as const,
    'x-policy': policy,
  });
}

/** A router whose wrong inputs become `invalid_input` with the place of every fault. */
export function createRouter() {
  return new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return;
      throw new AppError('invalid_input', {
        cause: result.error,
        errors: result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
      });
    },
  });
}

/** The actor of a route whose policy admits accounts only. */
export function accountOf(actor: Actor | null): AccountActor {
  if (actor?.kind !== 'account') throw new AppError('not_signed_in');
  return actor;
}

/** The actor of a route whose policy admits devices only. */
export function deviceOf(actor: Actor | null): DeviceActor {
  if (actor?.kind !== 'device') throw new AppError('not_signed_in');
  return actor;
}

/** The actor of a route whose policy admits accounts and devices. */
export function actorOf(actor: Actor | null): Actor {
  if (actor === null) throw new AppError('not_signed_in');
  return actor;
}
