import { type Ref, ref, shallowReactive, shallowRef } from 'vue';
import type { InkColor, InkWidth, NotificationData, Snapshot, Stroke } from '../../media/protocol.ts';
import type { Drawing } from '../ink/pen.ts';
import type { Connection } from './connection.ts';
import type { FailureCode } from './failure.ts';
import { createInkActs, type DrawAct } from './ink-acts.ts';
import type { NotificationHandlers } from './socket.ts';

/** What is drawn on the slides. */
export interface Ink extends Drawing {
  /** The oldest stroke first. The presenter's own are there at once, before the node has heard of them. */
  on(page: number): readonly Stroke[];
  /** What the presenter draws with from the next stroke on. */
  style: Ref<{ color: InkColor; width: InkWidth }>;
  /** Presenter: takes away the last stroke of the page that is shown, or brings back what was just cleared from it. */
  undo(): void;
  mayUndo(page: number): boolean;
  /** Presenter: takes away all of the page that is shown. */
  clear(): void;
  /** Why the node has not taken the last thing that was drawn. */
  refusal: Readonly<Ref<{ code: FailureCode } | null>>;
}

export interface InkOptions {
  request: Connection['request'];
  fileId(): string | null;
  page(): number;
}

export function createInk({ request, fileId, page }: InkOptions) {
  /** By page, as the node has it. */
  const known = shallowReactive(new Map<number, readonly Stroke[]>());
  const refusal = shallowRef<{ code: FailureCode } | null>(null);
  const style = ref<{ color: InkColor; width: InkWidth }>({ color: 'red', width: 'thin' });
  const { acts, ...sending } = createInkActs({
    request,
    done(act) {
      const strokes = known.get(act.page) ?? [];
      if (act.kind === 'draw') known.set(act.page, put(strokes, act.stroke));
      else known.set(act.page, act.kind === 'undo' ? without(strokes, act.strokeId) : []);
    },
    refused(code) {
      refusal.value = { code };
    },
  });
  let drawing: DrawAct | null = null;
  /** What a page held before it was cleared, until something is drawn. */
  const cleared = shallowRef<{ page: number; strokes: readonly Stroke[] } | null>(null);
  const clearedFrom = (of: number): readonly Stroke[] =>
    cleared.value?.page === of && ink.on(of).length === 0 ? cleared.value.strokes : [];

  function end(): void {
    if (!drawing) return;
    drawing.ended = true;
    drawing = null;
    sending.changed();
  }

  const ink: Ink = {
    style,
    refusal,
    on(of) {
      return acts.value
        .filter((act) => act.page === of)
        .reduce<readonly Stroke[]>((strokes, act) => {
          if (act.kind === 'clear') return [];
          if (act.kind === 'undo') return without(strokes, act.strokeId);
          const { stroke, tail } = act;
          return put(strokes, tail.length > 0 ? { ...stroke, points: [...stroke.points, ...tail] } : stroke);
        }, known.get(of) ?? []);
    },
    begin(points) {
      end();
      const file = fileId();
      if (file === null) return;
      cleared.value = null;
      const stroke = { id: newId(), ...style.value, points: [] };
      drawing = { kind: 'draw', fileId: file, page: page(), stroke, tail: points, sent: 0, ended: false };
      sending.add(drawing);
    },
    extend(points) {
      if (!drawing || drawing.ended) return;
      drawing.tail = [...drawing.tail, ...points];
      sending.changed();
    },
    end,
    undo() {
      end();
      const file = fileId();
      if (file === null) return;
      const at = { fileId: file, page: page() };
      const last = ink.on(at.page).at(-1);
      if (last) {
        sending.add({ kind: 'undo', ...at, strokeId: last.id });
        return;
      }
      // Drawn once more, as new strokes: a node that was told to clear the page has nothing of the former.
      const back = clearedFrom(at.page);
      if (back.length > 0) cleared.value = null;
      for (const stroke of back)
        sending.add({ kind: 'draw', ...at, stroke: { ...stroke, id: newId() }, tail: [], sent: 0, ended: true });
    },
    mayUndo: (of) => ink.on(of).length > 0 || clearedFrom(of).length > 0,
    clear() {
      end();
      const file = fileId();
      const strokes = ink.on(page());
      if (file === null || strokes.length === 0) return;
      cleared.value = { page: page(), strokes };
      sending.add({ kind: 'clear', fileId: file, page: page() });
    },
  };

  const handlers: NotificationHandlers = {
    strokeDrawn({ page: of, from, stroke }) {
      const strokes = known.get(of) ?? [];
      const before = strokes.find(({ id }) => id === stroke.id)?.points.slice(0, 2 * from) ?? [];
      known.set(of, put(strokes, { ...stroke, points: [...before, ...stroke.points] }));
    },
    strokeUndone({ page: of, strokeId }) {
      known.set(of, without(known.get(of) ?? [], strokeId));
    },
    inkCleared({ page: of }) {
      known.delete(of);
    },
  };
  return {
    ink,
    handlers,
    /** What the node says of a page. */
    show({ page: of, ink: strokes }: Pick<NotificationData<'slideTurned'> | Snapshot, 'page' | 'ink'>): void {
      known.set(of, strokes);
    },
    /** Other slides are shown. */
    forget(): void {
      drawing = null;
      cleared.value = null;
      known.clear();
      sending.forget();
    },
    lineBack: sending.lineBack,
  };
}

/** In its place when it is there already. */
function put(strokes: readonly Stroke[], stroke: Stroke): readonly Stroke[] {
  const index = strokes.findIndex(({ id }) => id === stroke.id);
  return index < 0 ? [...strokes, stroke] : strokes.map((one, at) => (at === index ? stroke : one));
}

const without = (strokes: readonly Stroke[], strokeId: string): readonly Stroke[] =>
  strokes.filter(({ id }) => id !== strokeId);

const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => alphabet[byte % 32]).join('');
const alphabet = '0123456789abcdefghijklmnopqrstuv';
