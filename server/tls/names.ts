import { isIP } from 'node:net';
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/**
 * Every name and address under which browsers may reach this server: the machine's own, and those that the settings
 * name. Link-local addresses are left out; nobody types those.
 *
 * @param configured host names, addresses or origins such as `https://tongke.example.edu.cn`; undefined ones are skipped
 */
export function serverNames(configured: readonly (string | undefined)[]): string[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).filter(isReachable));
  const given = configured.filter((name) => name !== undefined).map(hostOf);
  const names = ['localhost', '127.0.0.1', '::1', hostname(), ...own.map(({ address }) => address), ...given];
  return [...new Set(names.map((name) => name.toLowerCase()).filter((name) => name !== ''))];
}

/** `10.0.0.5` and `::1` are addresses, all else is a DNS name (RFC 5280 §4.2.1.6). */
export function nameType(name: string): 'ip' | 'dns' {
  return isIP(name) === 0 ? 'dns' : 'ip';
}

function isReachable({ address, internal }: NetworkInterfaceInfo): boolean {
  return !internal && !address.toLowerCase().startsWith('fe80:') && !address.startsWith('169.254.');
}

function hostOf(name: string): string {
  if (!name.includes('://')) return name;
  return new URL(name).hostname.replace(/^\[|\]$/g, '');
}
