import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { networkAddresses, publicAddress } from '../../server/listen.ts';

const addressOf = (environment: NodeJS.ProcessEnv) => publicAddress(readConfig(environment));

describe('the address that other machines are given', () => {
  it('is the one that was set', () => {
    expect(addressOf({ PUBLIC_URL: 'https://school.example', TLS: 'off' })).toMatch(/^https:\/\/school\.example\/?$/);
  });

  it('is else the encrypted one in the network', () => {
    expect(addressOf({ HOST: '192.168.1.20', TLS_PORT: '8443' })).toBe('https://192.168.1.20:8443');
    expect(addressOf({ HOST: 'fd00::20', TLS_PORT: '8443' })).toBe('https://[fd00::20]:8443');
    const [first] = networkAddresses();
    expect(addressOf({ HOST: '0.0.0.0', TLS_PORT: '8443' })).toBe(first ? `https://${first}:8443` : null);
  });

  it('is not known without either', () => {
    expect(addressOf({ HOST: '192.168.1.20', TLS: 'off' })).toBeNull();
    expect(addressOf({ HOST: '127.0.0.1' })).toBeNull();
  });
});
