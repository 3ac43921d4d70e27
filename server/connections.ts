import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const connectionsSchema = z.object({
  databaseUrl: z.string(),
  meilisearch: z.object({ url: z.string(), key: z.string() }),
});

/** How the server reaches its database and its index, wherever they run. */
export type Connections = z.output<typeof connectionsSchema>;

const fileOf = (dataDir: string) => join(dataDir, 'connections.json');

/** Leaves them in the data folder, readable by the server's user alone, for programs that work beside the server. */
export async function writeConnections(dataDir: string, connections: Connections): Promise<void> {
  const draft = `${fileOf(dataDir)}.draft`;
  await writeFile(draft, JSON.stringify(connections), { mode: 0o600 });
  await rename(draft, fileOf(dataDir));
}

export async function removeConnections(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

/** Null when no server has left any. After a server that was killed they lead nowhere. */
export async function readConnections(dataDir: string): Promise<Connections | null> {
  try {
    return connectionsSchema.parse(JSON.parse(await readFile(fileOf(dataDir), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
