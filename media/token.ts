import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ClassroomError } from './errors.ts';
import { role, source } from './protocol.ts';

const issuer = 'tongke';
const audience = 'tongke:classroom';
const algorithm = 'HS256';
const lifetimeSeconds = 60;

const shared = {
  classSessionId: z.string().min(1).max(64),
  /** Display name in the classroom: a person's, or `school · room` for a room. */
  name: z.string().min(1).max(100),
  /** What the holder may send; empty for those who only listen. */
  sources: z.array(source).max(8),
};

/** Who may enter which class session as what. A person is named by `accountId`, a room's machine by `deviceId` and `roomId`. */
export const joinClaims = z.discriminatedUnion('role', [
  z.object({ ...shared, role: role.extract(['presenter', 'observer']), accountId: z.string().min(1).max(64) }),
  z.object({
    ...shared,
    role: role.extract(['receiver', 'assistant']),
    deviceId: z.string().min(1).max(64),
    roomId: z.string().min(1).max(64),
  }),
]);
export type JoinClaims = z.infer<typeof joinClaims>;

/**
 * Signs a join token: a JWT (RFC 7519, HS256) that is good for 60 s and one class session.
 * @param secret at least 32 bytes, shared by the API and its media nodes.
 * @param now milliseconds since 1970; for tests of expiry.
 */
export async function signJoinToken(claims: JoinClaims, secret: Uint8Array, now = Date.now()): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT(joinClaims.parse(claims))
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .sign(secret);
}

/**
 * Checks signature, issuer, audience, age and shape of a join token.
 * @throws ClassroomError `token_expired` or `token_invalid`
 */
export async function verifyJoinToken(token: string, secret: Uint8Array): Promise<JoinClaims> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      issuer,
      audience,
      algorithms: [algorithm],
      requiredClaims: ['exp'],
      clockTolerance: 5,
    });
    return joinClaims.parse(payload);
  } catch (cause) {
    throw new ClassroomError(cause instanceof errors.JWTExpired ? 'token_expired' : 'token_invalid', { cause });
  }
}
