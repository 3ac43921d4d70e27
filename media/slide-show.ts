import { ClassroomError } from './errors.ts';
import type { Slides } from './protocol.ts';

/** Which slides are shown, and at which page. */
export class SlideShow {
  #slides: Slides | null;
  #page: number;

  constructor(slides: Slides | null, page: number) {
    this.#slides = slides;
    this.#page = slides ? Math.min(Math.max(page, 1), Math.max(slides.pages, 1)) : 1;
  }

  get slides(): Slides | null {
    return this.#slides;
  }

  get page(): number {
    return this.#page;
  }

  /** Returns whether the page changed. @throws ClassroomError `not_found` when there is no such page */
  turn(page: number): boolean {
    if (!this.#slides || page > this.#slides.pages) throw new ClassroomError('not_found');
    if (page === this.#page) return false;
    this.#page = page;
    return true;
  }

  show(slides: Slides | null): void {
    this.#slides = slides;
    this.#page = 1;
  }
}
