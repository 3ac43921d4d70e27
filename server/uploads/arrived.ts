import type { DataStore } from '@tus/utils';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Storage } from '../storage/storage.ts';

const tusError = z.object({ status_code: z.number() });
/** The library throws plain objects: 404 never known, 410 gone. */
function isUnknown(error: unknown): boolean {
  const { status_code } = tusError.safeParse(error).data ?? {};
  return status_code === 404 || status_code === 410;
}

/** Key of the object that an upload becomes. */
export const objectKeyOf = (id: string) => `files/${id}`;

/** Bytes that have arrived; null when the store knows no such upload. */
export async function received(tus: DataStore, name: string): Promise<number | null> {
  try {
    return (await tus.getUpload(name)).offset;
  } catch (error) {
    if (isUnknown(error)) return null;
    throw error;
  }
}

/** @throws AppError `internal` when the object is not there as it was sent */
export async function assertWhole(storage: Storage, id: string, bytes: number): Promise<void> {
  const object = await storage.stat(objectKeyOf(id));
  if (object?.bytes === bytes) return;
  throw new AppError('internal', {
    cause: new Error(`The upload ${id} has ${bytes} bytes, its object ${object?.bytes ?? 'none'}.`),
  });
}
