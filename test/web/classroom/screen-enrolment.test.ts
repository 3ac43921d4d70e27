import { afterEach, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useScreenEnrolment } from '../../../web/classroom/screen-enrolment.ts';

vi.stubGlobal('dispatchEvent', () => true);
const scopes: ReturnType<typeof effectScope>[] = [];
afterEach(() => {
  for (const scope of scopes.splice(0)) scope.stop();
});

const asked = (userCode: string) => ({
  device_code: `secret of ${userCode}`,
  user_code: userCode,
  verification_uri: 'https://tongke.example/enrol',
  verification_uri_complete: `https://tongke.example/enrol?code=${userCode}`,
  expires_in: 900,
  interval: 1,
});
const refusal = (code: string, status = 400) => Response.json({ code, title: code, status }, { status });
const lost = () => Promise.reject(new TypeError('fetch failed'));
type Answer = () => Response | Promise<Response>;

/** A screen whose server answers as told, in this order; then it goes on answering the last. */
function screenWith(codes: Answer[], tokens: Answer[], second = 5) {
  const questions: string[] = [];
  const askedAt: number[] = [];
  const next = (answers: Answer[]) => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? lost();
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    const body = String(init.body);
    askedAt.push(performance.now());
    const polls = address.endsWith('/token');
    questions.push(polls ? `poll ${/secret of ([\w-]+)/.exec(body)?.[1]}` : 'ask');
    return next(polls ? tokens : codes);
  });
  const scope = effectScope();
  scopes.push(scope);
  const enrolled = vi.fn();
  const pauses = { retry: 5, limited: 5, denied: 5, second };
  const screen = () => ({ width: 1920, height: 1080 });
  const enrolment = scope.run(() => useScreenEnrolment({ enrolled, screen, pauses }));
  if (!enrolment) throw new Error('The scope was stopped.');
  return { enrolment, enrolled, questions, askedAt };
}

it('shows its code until somebody has confirmed, and goes on then', async () => {
  const pending = () => refusal('authorization_pending');
  const { enrolment, enrolled, questions } = screenWith(
    [() => Response.json(asked('WDJB-MJHT'))],
    [pending, pending, () => Response.json({})],
  );
  await vi.waitFor(() => expect(enrolment.code.value?.userCode).toBe('WDJB-MJHT'));
  expect(enrolment.state.value).toBe('shown');
  await vi.waitFor(() => expect(enrolled).toHaveBeenCalledOnce());
  expect(questions).toEqual(['ask', 'poll WDJB-MJHT', 'poll WDJB-MJHT', 'poll WDJB-MJHT']);
});

it('asks for a new code when the old one has expired or was refused', async () => {
  const codes = ['BBBB-BBBB', 'CCCC-CCCC', 'DDDD-DDDD'].map((code) => () => Response.json(asked(code)));
  const { enrolment, questions } = screenWith(codes, [
    () => refusal('expired_token'),
    () => refusal('access_denied'),
    () => refusal('authorization_pending'),
  ]);
  await vi.waitFor(() => expect(enrolment.code.value?.userCode).toBe('DDDD-DDDD'));
  expect(questions.slice(0, 5)).toEqual(['ask', 'poll BBBB-BBBB', 'ask', 'poll CCCC-CCCC', 'ask']);
});

it('keeps its code while the line is gone, and asks on when it is back', async () => {
  const { enrolment, enrolled, questions } = screenWith(
    [lost, () => refusal('too_many_attempts', 429), () => Response.json(asked('WDJB-MJHT'))],
    [lost, () => refusal('unavailable', 503), () => Response.json({})],
  );
  await vi.waitFor(() => expect(enrolled).toHaveBeenCalledOnce());
  expect(enrolment.code.value?.userCode).toBe('WDJB-MJHT');
  expect(questions).toEqual(['ask', 'ask', 'ask', ...Array.from({ length: 3 }, () => 'poll WDJB-MJHT')]);
});

it('asks more slowly when it is told so', async () => {
  const second = 40;
  const { questions, askedAt } = screenWith(
    [() => Response.json(asked('WDJB-MJHT'))],
    [() => refusal('slow_down'), () => refusal('authorization_pending')],
    second,
  );
  await vi.waitFor(() => expect(questions).toHaveLength(3), { timeout: 5000 });
  const [, first = 0, then = 0] = askedAt;
  // A pause of one "second" has become one of six; timers are never early by more than the clock's grain.
  expect(then - first).toBeGreaterThan(6 * second - 5);
});

it('leaves nothing behind of its questions, however long it waits', async () => {
  const added = vi.spyOn(AbortSignal.prototype, 'addEventListener');
  const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener');
  const { questions } = screenWith([() => Response.json(asked('WDJB-MJHT'))], [() => refusal('authorization_pending')]);
  await vi.waitFor(() => expect(questions.length).toBeGreaterThan(8), { timeout: 5000 });
  expect(added.mock.calls.length - removed.mock.calls.length).toBeLessThanOrEqual(1);
  vi.restoreAllMocks();
});
