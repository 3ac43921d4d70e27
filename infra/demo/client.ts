import { Upload } from 'tus-js-client';
import { z } from 'zod';

/** One signed-in person of the demonstration, speaking to the server as a browser does. */
export interface Client {
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body: unknown, shape: z.ZodType<T>): Promise<T>;
  /** Sends text of another type, such as a table to import. */
  sendText<T>(path: string, type: string, text: string, shape: z.ZodType<T>): Promise<T>;
  /** Uploads by tus and answers the file's id. */
  upload(name: string, content: Buffer): Promise<string>;
}

const problem = z.object({ code: z.string(), detail: z.string().optional() });

export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly code: string;

  constructor(what: string, code: string, detail: string) {
    super(`${what}: ${code} ${detail}`);
    this.code = code;
  }
}

/** @param origin the server's address, such as `http://localhost:8080`. */
export function createClient(origin: string): Client {
  const cookies = new Map<string, string>();
  const cookieHeader = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  const request = async <T>(method: string, path: string, init: RequestInit, shape: z.ZodType<T>): Promise<T> => {
    const response = await fetch(`${origin}/api${path}`, {
      ...init,
      method,
      headers: { ...init.headers, cookie: cookieHeader(), origin },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    if (!response.ok) {
      const told = problem.safeParse(text.startsWith('{') ? JSON.parse(text) : {});
      throw new RequestRefused(
        `${method} ${path}`,
        told.data?.code ?? `${response.status}`,
        told.data?.detail ?? text.slice(0, 200),
      );
    }
    return shape.parse(text === '' ? undefined : JSON.parse(text));
  };

  return {
    get: (path, shape) => request('GET', path, {}, shape),
    send: (method, path, body, shape) =>
      request(
        method,
        path,
        body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
        shape,
      ),
    sendText: (path, type, text, shape) =>
      request('POST', path, { body: text, headers: { 'content-type': type } }, shape),
    upload: (name, content) =>
      new Promise((resolve, reject) => {
        const upload = new Upload(content, {
          endpoint: `${origin}/api/uploads`,
          headers: { cookie: cookieHeader(), origin },
          metadata: { filename: name },
          retryDelays: [500, 2000],
          onError: reject,
          onSuccess: () => resolve(new URL(upload.url ?? '').pathname.split('/').at(-1) ?? ''),
        });
        upload.start();
      }),
  };
}
