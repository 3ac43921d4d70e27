import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../errors.ts';

/**
 * `invitation`: what the room's screen shows, to be scanned. `pass`: what the phone then keeps, to come back with after a
 * reload or a lost line.
 */
export type CodeKind = 'invitation' | 'pass';

/** Whose assistant, in which class session. */
export interface AssistantClaims {
  classSessionId: string;
  deviceId: string;
}

const idBytes = 16;
const claimBytes = 2 * idBytes + 4;
const macBytes = 16;

/**
 * Both ids, the second of expiry and the first 128 bits of an HMAC-SHA-256 over them, as base64url: 70 characters, half of
 * what a JWT takes, so that the squares of the QR code are twice as large.
 */
export function signCode(
  kind: CodeKind,
  { classSessionId, deviceId }: AssistantClaims,
  expiresAt: Date,
  secret: Uint8Array,
) {
  const claims = Buffer.alloc(claimBytes);
  claims.write(classSessionId.replaceAll('-', ''), 0, 'hex');
  claims.write(deviceId.replaceAll('-', ''), idBytes, 'hex');
  claims.writeUInt32BE(Math.floor(expiresAt.getTime() / 1000), 2 * idBytes);
  return Buffer.concat([claims, macOf(kind, claims, secret)]).toString('base64url');
}

/** @throws AppError `invitation_invalid` for what is not ours, or too old */
export function readCode(code: string, secret: Uint8Array, now = Date.now()): AssistantClaims & { kind: CodeKind } {
  const bytes = Buffer.from(code, 'base64url');
  const claims = bytes.subarray(0, claimBytes);
  const mac = bytes.subarray(claimBytes);
  const kind = (['invitation', 'pass'] as const).find(
    (each) => mac.length === macBytes && timingSafeEqual(mac, macOf(each, claims, secret)),
  );
  if (kind === undefined || claims.readUInt32BE(2 * idBytes) * 1000 <= now) throw new AppError('invitation_invalid');
  return {
    kind,
    classSessionId: idIn(claims, 0),
    deviceId: idIn(claims, idBytes),
  };
}

/** A UUID as the database writes it (RFC 9562, section 4). */
function idIn(claims: Buffer, at: number): string {
  const hex = claims.toString('hex', at, at + idBytes);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function macOf(kind: CodeKind, claims: Uint8Array, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`tongke:assistant:${kind}:`).update(claims).digest().subarray(0, macBytes);
}
