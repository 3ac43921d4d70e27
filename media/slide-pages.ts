import type { Logger } from 'pino';
import type { Slides } from './protocol.ts';
import type { SessionHooks } from './session-hooks.ts';
import type { SlideShow } from './slide-show.ts';

export type SlidePagesOptions = {
  slideShow: SlideShow;
  hooks: Pick<SessionHooks, 'pagesOf'>;
  log: Logger;
  /** The pages of what is shown are there. */
  onMade(slides: Slides): void;
};

const intervalMs = 3_000;

/** Slides that were uploaded just now get their pages when these are made. */
export class SlidePages {
  readonly #options: SlidePagesOptions;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: SlidePagesOptions) {
    this.#options = options;
  }

  /** Waits for the pages of what is shown now, if they are not there. */
  watch(): void {
    clearTimeout(this.#timer);
    const { slides } = this.#options.slideShow;
    if (this.#closed || slides === null || slides.pages > 0) return;
    this.#timer = setTimeout(() => void this.#ask(slides), intervalMs);
  }

  async #ask(slides: Slides): Promise<void> {
    const { slideShow, hooks, log, onMade } = this.#options;
    try {
      const pages = await hooks.pagesOf(slides.fileId);
      if (this.#closed || slideShow.slides !== slides) return;
      if (pages > 0) onMade({ ...slides, pages });
    } catch (error) {
      log.warn({ err: error }, 'the pages of slides could not be asked for');
    }
    this.watch();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
