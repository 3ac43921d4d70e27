import { expect, it } from 'vitest';
import { linkFault } from '../../../web/format/link-fault.ts';

it('knows the links that will not serve a room', () => {
  expect(linkFault('http://localhost:8080/room#K7QX3MPA')).toBe('local');
  expect(linkFault('https://127.0.0.1:8443/room#K7QX3MPA')).toBe('local');
  expect(linkFault('https://[::1]:8443/room#K7QX3MPA')).toBe('local');
  expect(linkFault('http://192.168.1.20:8080/room#K7QX3MPA')).toBe('insecure');
  expect(linkFault('https://192.168.1.20:8443/room#K7QX3MPA')).toBeNull();
});
