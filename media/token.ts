import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ClassroomError } from './errors.ts';
import { role, source } from './protocol.ts';

const issuer = 'tongke';
const audience = 'tongke:classroom';
const probeAudience = 'tongke:probe';
const algorithm = 'HS256';
const lifetimeSeconds = 60;
const toleranceSeconds = 5;
/** No token is taken later than this after it was signed, whichever clock is ahead. */
export const tokenLifetimeMs = (lifetimeSeconds + 2 * toleranceSeconds) * 1000;

const shared = {
  classSessionId: z.string().min(1).max(64),
  /** Display name in the classroom: a person's, or `school · room` for a room. */
  name: z.string().min(1).max(100),
  /** What the holder may send; empty for those who only listen. */
  sources: z.array(source).max(8),
};

/** Who may enter which class session as what. A person is named by `accountId`, a room's machine by `deviceId` and `roomId`. */
export const joinClaims = z.discriminatedUnion('role', [
  z.object({
    ...shared,
    role: role.extract(['presenter', 'observer']),
    accountId: z.string().min(1).max(64),
    /** The sign-in by which it is asked for: the account's others can end without it. */
    signInId: z.string().min(1).max(64).optional(),
  }),
  z.object({
    ...shared,
    role: role.extract(['receiver', 'assistant']),
    deviceId: z.string().min(1).max(64),
    roomId: z.string().min(1).max(64),
  }),
]);
export type JoinClaims = z.infer<typeof joinClaims>;

/** The account or the device whose access it is. */
export const holderOf = (claims: JoinClaims): string => ('deviceId' in claims ? claims.deviceId : claims.accountId);

/** Which room's machine may measure its link. */
export const probeClaims = z.object({ deviceId: z.string().min(1).max(64) });
export type ProbeClaims = z.infer<typeof probeClaims>;

async function sign(claims: JoinClaims | ProbeClaims, forWhom: string, secret: Uint8Array, now: number) {
  // With its fraction of a second (NumericDate, RFC 7519), so that it is told whether access was lost before or after.
  const issuedAt = now / 1000;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(issuer)
    .setAudience(forWhom)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .sign(secret);
}

/** What was signed; instants are milliseconds since 1970. */
export interface Signed<T> {
  claims: T;
  /** Of this very token (`jti`, RFC 7519 section 4.1.7): no two have the same. */
  tokenId: string;
  signedAt: number;
  /** After this nobody takes it. */
  goodUntil: number;
}

/** What every token says of itself. */
const registeredClaims = z.object({ jti: z.string().min(1).max(64), iat: z.number(), exp: z.number() });

async function verify<T>(schema: z.ZodType<T>, token: string, forWhom: string, secret: Uint8Array): Promise<Signed<T>> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      issuer,
      audience: forWhom,
      algorithms: [algorithm],
      clockTolerance: toleranceSeconds,
    });
    const { jti, iat, exp } = registeredClaims.parse(payload);
    return {
      claims: schema.parse(payload),
      tokenId: jti,
      signedAt: iat * 1000,
      goodUntil: (exp + toleranceSeconds) * 1000,
    };
  } catch (cause) {
    throw new ClassroomError(cause instanceof errors.JWTExpired ? 'token_expired' : 'token_invalid', { cause });
  }
}

/**
 * Signs a join token: a JWT (RFC 7519, HS256) that is good for 60 s, one class session and one use.
 * @param secret at least 32 bytes, shared by the API and its media nodes.
 * @param now milliseconds since 1970; for tests of expiry.
 */
export async function signJoinToken(claims: JoinClaims, secret: Uint8Array, now = Date.now()): Promise<string> {
  return await sign(joinClaims.parse(claims), audience, secret, now);
}

/**
 * Checks signature, issuer, audience, age and shape of a join token; whether it was used before, `UsedTokens` knows.
 * @throws ClassroomError `token_expired` or `token_invalid`
 */
export async function verifyJoinToken(token: string, secret: Uint8Array): Promise<Signed<JoinClaims>> {
  return await verify(joinClaims, token, audience, secret);
}

/** Signs a token that lets a room's machine measure its link, and do nothing else; good for 60 s and one use. */
export async function signProbeToken(claims: ProbeClaims, secret: Uint8Array, now = Date.now()): Promise<string> {
  return await sign(probeClaims.parse(claims), probeAudience, secret, now);
}

/** @throws ClassroomError `token_expired` or `token_invalid` */
export async function verifyProbeToken(token: string, secret: Uint8Array): Promise<Signed<ProbeClaims>> {
  return await verify(probeClaims, token, probeAudience, secret);
}
