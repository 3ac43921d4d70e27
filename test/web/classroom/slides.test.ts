import { describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../../web/classroom/connection.ts';
import { ClassroomFailure } from '../../../web/classroom/failure.ts';
import { fetchOrder } from '../../../web/classroom/slide-pages.ts';
import { createSlides } from '../../../web/classroom/slides.ts';
import { joinAnswer } from './node-in-test.ts';

function lesson(turn: (page: number) => Promise<void>) {
  const request = vi.fn(async (_method: string, data: { page: number }) =>
    turn(data.page),
  ) as unknown as Connection['request'];
  const subject = createSlides(request);
  subject.handlers.slidesShown?.({ slides: { fileId: 'f', name: 'n', pages: 9 }, page: 1, at: 0, ink: [] });
  return subject;
}

describe('the presenter’s slides', () => {
  it('turn at once and stay within the file', async () => {
    const sent: number[] = [];
    const { slides } = lesson(async (page) => void sent.push(page));
    slides.turn(2);
    expect(slides.page.value).toBe(2);
    slides.turn(99);
    slides.turn(0);
    expect(slides.page.value).toBe(1);
    await vi.waitFor(() => expect(sent.at(-1)).toBe(1));
  });

  it('send only the newest page over a slow line', async () => {
    const sent: number[] = [];
    const open: (() => void)[] = [];
    const { slides } = lesson((page) => {
      sent.push(page);
      return new Promise((resolve) => open.push(resolve));
    });
    for (const page of [2, 3, 4, 5]) slides.turn(page);
    open.shift()?.();
    await vi.waitFor(() => expect(sent).toEqual([2, 5]));
  });

  it('keep a turn made while the line is gone, and send it when it is back', async () => {
    let lost = true;
    const sent: number[] = [];
    const subject = lesson(async (page) => {
      if (lost) throw new ClassroomFailure('line_lost');
      sent.push(page);
    });
    subject.slides.turn(4);
    await Promise.resolve();
    subject.handlers.slideTurned?.({ page: 1, at: 1, ink: [] });
    expect(subject.slides.page.value).toBe(4);
    lost = false;
    subject.lineBack();
    await vi.waitFor(() => expect(sent).toEqual([4]));
    subject.handlers.slideTurned?.({ page: 4, at: 2, ink: [] });
    subject.handlers.slideTurned?.({ page: 6, at: 3, ink: [] });
    expect(subject.slides.page.value).toBe(6);
  });

  it('name the slides that are meant, and forget a turn of slides that are shown no more', async () => {
    const sent: unknown[] = [];
    let lost = true;
    const subject = createSlides(
      vi.fn(async (_method: string, data: unknown) => {
        if (lost) throw new ClassroomFailure('line_lost');
        sent.push(data);
      }) as unknown as Connection['request'],
    );
    const show = (fileId: string) =>
      subject.handlers.slidesShown?.({ slides: { fileId, name: 'n', pages: 9 }, page: 2, at: 0, ink: [] });
    show('f');
    subject.slides.turn(7);
    await Promise.resolve();
    // The line comes back with other slides on the screen.
    subject.take({ ...joinAnswer(1), slides: { fileId: 'g', name: 'n', pages: 9 }, page: 3 });
    expect(subject.slides.page.value).toBe(3);
    lost = false;
    subject.lineBack();
    subject.slides.turn(4);
    await vi.waitFor(() => expect(sent).toEqual([{ page: 4, fileId: 'g' }]));
  });

  it('follow the others when the node refuses for good', async () => {
    const subject = lesson(async () => Promise.reject(new ClassroomFailure('method_not_allowed')));
    subject.slides.turn(3);
    await new Promise((resolve) => setTimeout(resolve, 0));
    subject.handlers.slideTurned?.({ page: 2, at: 1, ink: [] });
    expect(subject.slides.page.value).toBe(2);
  });
});

describe('the order in which pages are fetched', () => {
  it('begins with what comes next', () => {
    expect(fetchOrder(3, 8)).toEqual([3, 4, 5, 2, 6, 7, 8, 1]);
    expect(fetchOrder(1, 2)).toEqual([1, 2]);
    expect([...fetchOrder(5, 9)].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
