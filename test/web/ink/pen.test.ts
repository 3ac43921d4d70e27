import { beforeEach, describe, expect, it } from 'vitest';
import { createPen } from '../../../web/ink/pen.ts';

let told: unknown[];
let pen: ReturnType<typeof createPen>;
let captured: number[];
beforeEach(() => {
  told = [];
  captured = [];
  pen = createPen({
    begin: (points) => told.push(['begin', ...points]),
    extend: (points) => told.push(['extend', ...points]),
    end: () => told.push('end'),
  });
});

/** A page of 1000 × 500 pixels that begins at 100, 100. */
const page = {
  getBoundingClientRect: () => ({ left: 100, top: 100, width: 1_000, height: 500 }),
  setPointerCapture: (id: number) => captured.push(id),
};

interface Said {
  id?: number;
  type?: 'mouse' | 'touch' | 'pen';
  button?: number;
  /** What the browser has gathered since the last event. */
  gathered?: [number, number][];
}

function event(clientX: number, clientY: number, { id = 1, type = 'mouse', button = 0, gathered }: Said = {}) {
  return {
    ...{ pointerId: id, pointerType: type, button, clientX, clientY, currentTarget: page },
    preventDefault: () => undefined,
    ...(gathered && { getCoalescedEvents: () => gathered.map(([x, y]) => ({ clientX: x, clientY: y })) }),
  } as unknown as PointerEvent;
}
const { down, move, up, cancel } = {
  down: (x: number, y: number, said?: Said) => pen.listeners.pointerdown(event(x, y, said)),
  move: (x: number, y: number, said?: Said) => pen.listeners.pointermove(event(x, y, said)),
  up: (said?: Said) => pen.listeners.pointerup(event(0, 0, said)),
  cancel: (said?: Said) => pen.listeners.pointercancel(event(0, 0, said)),
};

describe('a pen', () => {
  it('draws while it is down, in parts of the page, and stays on it', () => {
    move(200, 200);
    down(100, 100);
    move(600, 350);
    move(5_000, -50);
    up();
    move(300, 300);
    expect(told).toEqual([['begin', 0, 0], ['extend', 5_000, 5_000], ['extend', 10_000, 0], 'end']);
    expect(captured).toEqual([1]);
  });

  it('takes all places that the browser has gathered, and the event itself when there are none', () => {
    down(100, 100, { type: 'pen' });
    move(300, 100, {
      type: 'pen',
      gathered: [
        [200, 100],
        [300, 100],
      ],
    });
    move(400, 100, { type: 'pen', gathered: [] });
    expect(told.slice(1)).toEqual([
      ['extend', 1_000, 0, 2_000, 0],
      ['extend', 3_000, 0],
    ]);
  });

  it('does not draw by another button of the mouse, nor by a second finger', () => {
    down(100, 100, { button: 2 });
    expect(told).toEqual([]);
    down(100, 100, { id: 1, type: 'touch' });
    down(500, 500, { id: 2, type: 'touch' });
    move(600, 500, { id: 2, type: 'touch' });
    up({ id: 2, type: 'touch' });
    move(200, 100, { id: 1, type: 'touch' });
    cancel({ id: 1, type: 'touch' });
    expect(told).toEqual([['begin', 0, 0], ['extend', 1_000, 0], 'end']);
  });

  it('is not the palm that lies beside the stylus', () => {
    down(900, 500, { id: 1, type: 'touch' });
    down(100, 100, { id: 2, type: 'pen' });
    move(910, 500, { id: 1, type: 'touch' });
    move(200, 100, { id: 2, type: 'pen' });
    up({ id: 2, type: 'pen' });
    down(900, 500, { id: 3, type: 'touch' });
    expect(told).toEqual([['begin', 8_000, 8_000], 'end', ['begin', 0, 0], ['extend', 1_000, 0], 'end']);
  });

  it('that is put away in mid-stroke has ended it', () => {
    down(100, 100);
    pen.end();
    pen.end();
    move(200, 100);
    expect(told).toEqual([['begin', 0, 0], 'end']);
  });
});
