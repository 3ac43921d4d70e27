import { answer, client } from './client.ts';
import { timeLimit } from './time-limit.ts';

/** Every page waits for this one: a server that does not answer must not keep it blank for long. */
const patienceMs = 10_000;

export const readMe = () => answer(client.me.$get({}, { init: { signal: timeLimit(patienceMs) } }));
export const signIn = (login: string, password: string) =>
  answer(client['sign-in'].$post({ json: { login, password } }));
export const signOut = () => answer(client['sign-out'].$post());
export const changePassword = (current: string, next: string) =>
  answer(client.me.password.$post({ json: { current, next } }));

export const readSetup = () => answer(client.setup.$get());
export const setUp = (input: { token: string; name: string; login: string; password: string }) =>
  answer(client.setup.$post({ json: input }));
