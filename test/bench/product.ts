import { ensureServer, ensureWeb } from '../../infra/install/build.mjs';
import { ensureWorker } from '../../infra/install/worker.mjs';
import { type Alliance, foundAlliance, type Person } from '../e2e/environment/alliance.ts';
import { type LaunchOptions, type Product, startProduct } from '../e2e/environment/product.ts';
import { makeRunFolder, removeRunFolder, sweepDeadRuns } from '../environment/folder.ts';

export interface Stage {
  product: Product;
  alliance: Alliance;
  /** The media worker's binary. */
  workerBin: string;
}

/** Progress goes beside the figures. */
export const say = (line: string) => void process.stderr.write(`${line}\n`);

/** The whole product in a process of its own, with an alliance in it, for as long as the work lasts. */
export async function withProduct<T>(
  work: (stage: Stage) => Promise<T>,
  { settings }: Pick<LaunchOptions, 'settings'> = {},
): Promise<T> {
  await sweepDeadRuns();
  const workerBin = await ensureWorker(say);
  await ensureServer(say);
  await ensureWeb(say);
  const dataDir = await makeRunFolder();
  try {
    const product = await startProduct(dataDir, { workerBin, ...(settings && { settings }) });
    try {
      return await work({ product, alliance: await foundAlliance(product), workerBin });
    } finally {
      await product.stop();
    }
  } finally {
    await removeRunFolder(dataDir);
  }
}

/** Signs in as a browser does. @returns the Cookie header of that person's requests */
export async function signIn({ product, alliance }: Stage, person: Person): Promise<string> {
  const answer = await fetch(`${product.address}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: person, password: alliance.passwords[person] }),
  });
  if (!answer.ok) throw new Error(`${person} could not sign in: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}
