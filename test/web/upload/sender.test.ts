import { beforeEach, expect, it, vi } from 'vitest';
import { createSender } from '../../../web/upload/sender.ts';

interface Options {
  endpoint: string | null;
  onError(error: Error): void;
}

const { begun } = vi.hoisted(() => ({ begun: [] as { url: string | null; options: Options; starts: number }[] }));
// The uploader for browsers speaks by XMLHttpRequest; what matters here is what it is told to do.
vi.mock('tus-js-client', () => ({
  Upload: class {
    url: string | null = null;
    starts = 0;
    options: Options;
    constructor(_: File, options: Options) {
      this.options = options;
      begun.push(this);
    }
    start(): void {
      this.starts += 1;
    }
    abort(): Promise<void> {
      return Promise.resolve();
    }
    async findPreviousUploads(): Promise<[]> {
      return [];
    }
  },
}));

beforeEach(() => {
  begun.length = 0;
  vi.stubGlobal('location', { href: 'https://school.example/upload' });
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  return () => vi.unstubAllGlobals();
});

function open(isOwnerHere: () => Promise<boolean>, file = new File(['x'], 'a.docx')) {
  const events = { progress: vi.fn(), waiting: vi.fn(), sending: vi.fn(), sent: vi.fn(), refused: vi.fn() };
  return { events, sender: createSender(file, { owner: 'ma', isOwnerHere, events }) };
}

async function uploadBegun() {
  await vi.waitFor(() => expect(begun[0]?.starts).toBe(1));
  const [upload] = begun;
  if (!upload) throw new Error('Nothing was begun.');
  return upload;
}

const answered = (status: number) =>
  Object.assign(new Error(`status ${status}`), { originalResponse: { getStatus: () => status, getBody: () => '' } });

it('begins anew what the server has cleaned away', async () => {
  const { events, sender } = open(async () => true);
  sender.start();
  const upload = await uploadBegun();
  upload.url = 'https://school.example/api/uploads/1';
  upload.options.onError(answered(404));
  await vi.waitFor(() => expect(upload.starts).toBe(2));
  expect(upload).toMatchObject({ url: null, options: { endpoint: 'https://school.example/api/uploads' } });
  expect(events.refused).not.toHaveBeenCalled();
});

it('does not begin anew for another account, to which the upload looks the same as cleaned away', async () => {
  let here = true;
  const { events, sender } = open(async () => here);
  sender.start();
  const upload = await uploadBegun();
  upload.url = 'https://school.example/api/uploads/1';
  here = false;
  upload.options.onError(answered(404));
  await vi.waitFor(() =>
    expect(events.refused).toHaveBeenCalledWith(expect.objectContaining({ code: 'not_signed_in' })),
  );
  expect(upload.starts).toBe(1);
});

it('waits when nobody can say whose sign-in it is', async () => {
  const { events, sender } = open(() => Promise.reject(new Error('no line')));
  sender.start();
  await vi.waitFor(() => expect(events.waiting).toHaveBeenCalled());
  expect(begun[0]?.starts).toBe(0);
  sender.pause();
});

it('begins one upload when it is paused and resumed at once', async () => {
  const { sender } = open(async () => true);
  sender.start();
  sender.pause();
  sender.start();
  const upload = await uploadBegun();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(begun).toEqual([upload]);
  expect(upload.starts).toBe(1);
  sender.pause();
});

it('tells a file that can no longer be read from a line that is gone', async () => {
  const file = new File(['x'], 'a.docx');
  const { events, sender } = open(async () => true, file);
  sender.start();
  const upload = await uploadBegun();
  upload.options.onError(new Error('no answer'));
  await vi.waitFor(() => expect(events.waiting).toHaveBeenCalledOnce());
  expect(events.refused).not.toHaveBeenCalled();
  file.slice = () =>
    ({ arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')) }) as unknown as Blob;
  upload.options.onError(new Error('no answer'));
  await vi.waitFor(() => expect(events.refused).toHaveBeenCalledWith(expect.objectContaining({ code: 'file_gone' })));
});
