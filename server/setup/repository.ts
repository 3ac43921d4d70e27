import type { Database } from '../database/database.ts';

export async function adminExists(db: Database): Promise<boolean> {
  return (await db.selectFrom('account').select('id').where('role', '=', 'admin').executeTakeFirst()) !== undefined;
}

export async function readToken(db: Database): Promise<Buffer | null> {
  const row = await db.selectFrom('set_up').select('token_hash').executeTakeFirst();
  return row?.token_hash ?? null;
}

export async function replaceToken(db: Database, tokenHash: Buffer): Promise<void> {
  await removeToken(db);
  await db.insertInto('set_up').values({ token_hash: tokenHash }).execute();
}

export async function removeToken(db: Database): Promise<void> {
  await db.deleteFrom('set_up').execute();
}
