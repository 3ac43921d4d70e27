import { z } from 'zod';

/** As much of the application as a browser sees. */
export interface App {
  request(address: string, init: RequestInit, bindings: object): Response | Promise<Response>;
}

export interface BrowserOptions {
  /** Address that the connection comes from. */
  address?: string;
  /** Whether it is a TLS connection to the server itself. */
  secure?: boolean;
}

export interface Asked extends Omit<RequestInit, 'body'> {
  json?: unknown;
  body?: BodyInit;
  /** Of a body that is a stream (Fetch, §5.4). */
  duplex?: 'half';
}

/** Keeps cookies and speaks to the application as a browser does, without a socket. */
export interface Browser {
  cookies: Map<string, string>;
  request(path: string, asked?: Asked): Promise<Response>;
  get(path: string, asked?: Asked): Promise<Response>;
  post(path: string, json?: unknown, asked?: Asked): Promise<Response>;
  put(path: string, json: unknown): Promise<Response>;
  patch(path: string, json: unknown): Promise<Response>;
  delete(path: string): Promise<Response>;
}

export function openBrowser(app: App, { address = '203.0.113.7', secure = false }: BrowserOptions = {}): Browser {
  const cookies = new Map<string, string>();

  async function request(path: string, { json, ...init }: Asked = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('host')) headers.set('host', 'tongke.test');
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    if (init.method !== undefined && init.method !== 'GET' && !headers.has('sec-fetch-site')) {
      headers.set('sec-fetch-site', 'same-origin');
    }
    if (json !== undefined) headers.set('content-type', 'application/json');
    const body = json === undefined ? init.body : JSON.stringify(json);
    const response = await app.request(
      `http://tongke.test${path}`,
      { ...init, headers, ...(body !== undefined && { body }) },
      // As much of Node's request as the application looks at: its socket, and the body as it comes from there.
      {
        incoming: {
          socket: { remoteAddress: address, encrypted: secure },
          iterator: () => new Response(body ?? '').body,
        },
      },
    );
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0(?:;|$)/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  return {
    cookies,
    request,
    get: (path, asked) => request(path, asked),
    post: (path, json, asked) => request(path, { ...asked, method: 'POST', ...(json !== undefined && { json }) }),
    put: (path, json) => request(path, { method: 'PUT', json }),
    patch: (path, json) => request(path, { method: 'PATCH', json }),
    delete: (path) => request(path, { method: 'DELETE' }),
  };
}

const refusal = z.object({ status: z.number(), code: z.string(), requestId: z.string() });

/** Status and code of a refusal, as `403 forbidden`; of anything else the status alone. */
export async function outcome(response: Response | Promise<Response>): Promise<string> {
  const answered = await response;
  if (!answered.headers.get('content-type')?.startsWith('application/problem+json')) return String(answered.status);
  const { status, code } = refusal.parse(await answered.json());
  return `${status} ${code}`;
}
