import { expect, it } from 'vitest';
import { ref } from 'vue';
import { ApiError } from '../../web/api/problem.ts';
import { useFieldFaults } from '../../web/state/field-faults.ts';

function faultsAfter(error: unknown) {
  return useFieldFaults(ref(error), () => ({ login: '账号名要以字母开头', roomIds: '请重新选择教室' }));
}
function refusal(...paths: string[]): ApiError {
  const errors = paths.map((path) => ({ path, message: 'is wrong' }));
  return new ApiError('invalid_input', 400, { code: 'invalid_input', title: 'Bad Request', status: 400, errors });
}

it('marks the fields that the server names, in our own words', () => {
  const faults = faultsAfter(refusal('login'));
  expect([faults.of('login'), faults.of('roomIds')]).toEqual(['账号名要以字母开头', undefined]);
  expect(faults.note.value).toMatchObject({ code: 'fields_marked' });
});

it('marks a list for one of its items', () => {
  expect(faultsAfter(refusal('roomIds.3')).of('roomIds')).toBe('请重新选择教室');
});

it('does not send to marks when something is wrong that has none', () => {
  const faults = faultsAfter(refusal('login', 'nodeId'));
  expect(faults.of('login')).toBe('账号名要以字母开头');
  expect(faults.note.value).toMatchObject({ code: 'invalid_input' });
  expect(faultsAfter(refusal()).note.value).toMatchObject({ code: 'invalid_input' });
});

it('leaves other refusals as they are', () => {
  const taken = new ApiError('login_taken', 409, null);
  expect(faultsAfter(taken).of('login')).toBeUndefined();
  expect(faultsAfter(taken).note.value).toBe(taken);
  expect(faultsAfter(null).note.value).toBeNull();
});
