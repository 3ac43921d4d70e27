import type { HttpBindings } from '@hono/node-server';
import { createMiddleware } from 'hono/factory';
import ipaddr from 'ipaddr.js';
import type { Env } from './route.ts';

/** Where a request came from, as far as it can be believed. */
export interface Client {
  /** IP address, without a port. Empty when there is no socket under the request. */
  address: string;
  /** Whether the browser spoke https, to us or to a proxy that we trust. */
  secure: boolean;
  /** Host and port as the browser addressed them. */
  host: string;
  /** Whether headers of a proxy that we do not trust came along. */
  forwardedByStranger: boolean;
}

const forwardedHeaders = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded'];

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

function parseRange(range: string): Range {
  if (range.includes('/')) return ipaddr.parseCIDR(range);
  const address = ipaddr.process(range);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** @throws Error naming the entry that is neither an address nor a CIDR range. */
function parseRanges(ranges: readonly string[]): Range[] {
  return ranges.map((range) => {
    try {
      return parseRange(range);
    } catch (cause) {
      throw new Error(`TRUSTED_PROXIES: ${range} is neither an address nor a CIDR range`, { cause });
    }
  });
}

/** An address in one spelling: IPv4 mapped into IPv6 becomes IPv4. Null when it is not an address. */
function normalise(address: string | undefined): string | null {
  if (address === undefined || !ipaddr.isValid(address)) return null;
  return ipaddr.process(address).toString();
}

/** Of a list that proxies write: some add the port, `1.2.3.4:5678` and `[::1]:5678`. Null when it is no address. */
function hopOf(entry: string): string | null {
  const [, inBrackets, plain] = /^(?:\[(.+)\]|([^:]+))(?::\d+)?$/.exec(entry) ?? [];
  return normalise(inBrackets ?? plain ?? entry);
}

function lastOf(header: string | undefined): string | undefined {
  return header?.split(',').at(-1)?.trim() || undefined;
}

/**
 * Finds out the client of each request. X-Forwarded-* is believed from TRUSTED_PROXIES only, and the list of
 * X-Forwarded-For only from its right end up to the first address that is not a trusted proxy's: all that stands
 * further left is whatever the client chose to write.
 */
export function identifyClient(trustedProxies: readonly string[]) {
  const ranges = parseRanges(trustedProxies);
  const trusted = (address: string) => {
    const parsed = ipaddr.process(address);
    return ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  };

  return createMiddleware<Env & { Bindings: Partial<HttpBindings> }>(async (c, next) => {
    const socket = c.env?.incoming?.socket;
    const peer = normalise(socket?.remoteAddress) ?? '';
    const client: Client = {
      address: peer,
      secure: socket !== undefined && 'encrypted' in socket && socket.encrypted === true,
      host: c.req.header('host') ?? new URL(c.req.url).host,
      forwardedByStranger: false,
    };
    if (peer !== '' && trusted(peer)) {
      const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hopOf(hop.trim()));
      for (const hop of hops.reverse()) {
        if (hop === null) break;
        client.address = hop;
        if (!trusted(hop)) break;
      }
      const scheme = lastOf(c.req.header('x-forwarded-proto'));
      if (scheme !== undefined) client.secure = scheme === 'https';
      client.host = lastOf(c.req.header('x-forwarded-host')) ?? client.host;
    } else {
      client.forwardedByStranger = forwardedHeaders.some((name) => c.req.header(name) !== undefined);
    }
    c.set('client', client);
    await next();
  });
}

/** The origin (RFC 6454) that pages of this request have; null when its Host header is no host. */
export function originOf(client: Client): string | null {
  return URL.parse(`${client.secure ? 'https' : 'http'}://${client.host}`)?.origin ?? null;
}
