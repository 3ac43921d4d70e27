import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

export interface Question {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
}

export interface Asker {
  /** Resolves with the milliseconds until the whole answer was here and read as JSON. @throws unless the status is 200 */
  ask(question: Question): Promise<number>;
  close(): void;
}

/** Asks over HTTP/1.1 on connections that stay open, the same way whoever answers. */
export function createAsker(origin: string, headers: Record<string, string>, connections: number): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(origin);
  return {
    async ask({ method, path, body: given }) {
      const started = performance.now();
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const length = given === undefined ? {} : { 'content-length': Buffer.byteLength(given) };
        const asked = request({ agent, hostname, port, method, path, headers: { ...headers, ...length } }, resolve);
        asked.on('error', reject);
        asked.end(given);
      });
      const body = await buffer(answer);
      const text = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
      JSON.parse(text);
      const tookMs = performance.now() - started;
      if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 200)}`);
      return tookMs;
    },
    close: () => agent.destroy(),
  };
}
