import type { Logger } from 'pino';
import type { Audience } from './audience.ts';
import { ClassroomError } from './errors.ts';
import type { Ink } from './ink.ts';
import type { RequestData, Slides } from './protocol.ts';
import type { Recorder } from './recorder.ts';
import type { SessionDescription, SessionHooks } from './session-hooks.ts';
import { shownInk } from './shown-ink.ts';
import { SlidePages } from './slide-pages.ts';

export type SlideShowOptions = {
  classSessionId: string;
  description: Pick<SessionDescription, 'slides' | 'page'>;
  ink: Ink;
  audience: Audience;
  recorder: Recorder;
  hooks: Pick<SessionHooks, 'pagesOf' | 'slideTurned'>;
  log: Logger;
};

/** Which slides are shown, and at which page: told to all, recorded, and remembered. */
export class SlideShow {
  readonly #options: SlideShowOptions;
  readonly #pages: SlidePages;
  #slides: Slides | null = null;
  #page = 1;

  constructor(options: SlideShowOptions) {
    this.#options = options;
    const { description, hooks, log } = options;
    this.#set(description.slides, description.page);
    this.#pages = new SlidePages({ slideShow: this, hooks, log, onMade: (slides) => this.show(slides) });
    this.#pages.watch();
  }

  get slides(): Slides | null {
    return this.#slides;
  }

  get page(): number {
    return this.#page;
  }

  #set(slides: Slides | null, page: number): void {
    this.#slides = slides;
    this.#page = slides ? Math.min(Math.max(page, 1), Math.max(slides.pages, 1)) : 1;
  }

  /** @throws ClassroomError `not_found` when there is no such page, or other slides are shown than are meant */
  turn({ page, fileId = this.#slides?.fileId }: RequestData<'turnSlide'>): void {
    const { audience, recorder } = this.#options;
    if (!this.#slides || fileId !== this.#slides.fileId || page > this.#slides.pages)
      throw new ClassroomError('not_found');
    if (page === this.#page) return;
    this.#page = page;
    const at = Date.now();
    const { first: ink, rest } = this.#inkShown();
    audience.broadcast('slideTurned', { page, at, ink });
    for (const piece of rest) audience.broadcast('strokeDrawn', piece);
    recorder.note({ type: 'slide', page });
    this.#remember(at);
  }

  show(slides: Slides | null, page = 1): void {
    const { audience } = this.#options;
    this.#set(slides, page);
    const at = Date.now();
    const { first: ink, rest } = this.#inkShown();
    audience.broadcast('slidesShown', { slides, page: this.#page, at, ink });
    for (const piece of rest) audience.broadcast('strokeDrawn', piece);
    this.record();
    this.#remember(at);
    this.#pages.watch();
  }

  /** What is shown from now on. */
  record(): void {
    this.#options.recorder.note({ type: 'slides', fileId: this.#slides?.fileId ?? null, page: this.#page });
  }

  #inkShown() {
    return shownInk({ slideShow: this, ink: this.#options.ink });
  }

  /** So that a restart in mid-lesson shows the same page; the lesson does not wait for it. */
  #remember(at: number): void {
    const { classSessionId, hooks, log } = this.#options;
    hooks
      .slideTurned({ classSessionId, fileId: this.#slides?.fileId ?? null, page: this.#page, at })
      .catch((error: unknown) => log.warn({ err: error }, 'a slide turn was not remembered'));
  }

  close(): void {
    this.#pages.close();
  }
}
