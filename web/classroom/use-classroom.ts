import { onScopeDispose } from 'vue';
import { joinClassSession } from '../api/class-sessions.ts';
import { ApiError } from '../api/problem.ts';
import { type Classroom, type ClassroomOptions, createClassroom } from './classroom.ts';
import { deviceLine } from './known-line.ts';

/** Refusals of the API that no waiting will change. */
const finalStatuses = [401, 403, 404, 409, 410];

/** `url` is an address of a media node, or a path on the server that this page came from. */
export function socketUrl(url: string, page: string): string {
  const address = new URL(url, page);
  if (address.protocol === 'http:') address.protocol = 'ws:';
  if (address.protocol === 'https:') address.protocol = 'wss:';
  return address.href;
}

export interface UseClassroomOptions {
  refused?: ClassroomOptions['refused'];
  /** The page is a room's. */
  asDevice?: boolean;
  /** How it gets in, when not by its sign-in. */
  admit?(): Promise<{ token: string; url: string }>;
}

/** Enters a class session with a token of the API, and leaves it with the scope it was called in. */
export function useClassroom(
  classSessionId: string,
  { refused, asDevice, admit }: UseClassroomOptions = {},
): Classroom {
  const classroom = createClassroom({
    refused,
    lineMemory: asDevice ? deviceLine : null,
    async admit() {
      const { token, url } = await (admit?.() ?? joinClassSession(classSessionId, { asDevice }));
      return { token, url: socketUrl(url, location.href) };
    },
    isFinal: (error) =>
      error instanceof ApiError && (finalStatuses.includes(error.status) || error.code === 'browser_unsupported'),
  });
  onScopeDispose(() => classroom.leave());
  return classroom;
}
