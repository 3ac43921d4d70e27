import type { Page } from 'playwright-core';

/** A place on the slide of the studio, in shares of it. */
async function onSlide(studio: Page, x: number, y: number): Promise<[number, number]> {
  const paper = await studio.locator('.paper img').boundingBox();
  if (!paper) throw new Error('no slide is shown');
  return [paper.x + x * paper.width, paper.y + y * paper.height];
}

/** Draws with the mouse, which stays down at the end. */
export async function stroke(studio: Page, ...places: [number, number][]): Promise<void> {
  const [first = [0, 0], ...others] = places;
  await studio.mouse.move(...(await onSlide(studio, ...first)));
  await studio.mouse.down();
  // As a hand, which takes more places on a long way.
  const steps = others.length > 10 ? 1 : 6;
  for (const place of others) await studio.mouse.move(...(await onSlide(studio, ...place)), { steps });
}

/** Draws with a finger or a stylus, as a touch screen tells of them. */
export async function strokeBy(hand: 'finger' | 'stylus', studio: Page, ...places: [number, number][]): Promise<void> {
  const browser = await studio.context().newCDPSession(studio);
  const points = await Promise.all(places.map((place) => onSlide(studio, ...place)));
  const [x, y] = points.at(-1) ?? [0, 0];
  for (const [index, [atX, atY]] of points.entries()) {
    if (hand === 'finger') {
      const type = index === 0 ? 'touchStart' : 'touchMove';
      await browser.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x: atX, y: atY }] });
    } else {
      const type = index === 0 ? 'mousePressed' : 'mouseMoved';
      const tip = { button: 'left', buttons: 1, clickCount: 1, pointerType: 'pen' } as const;
      await browser.send('Input.dispatchMouseEvent', { type, x: atX, y: atY, ...tip });
    }
  }
  if (hand === 'finger') await browser.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  else {
    const tip = { button: 'left', buttons: 0, clickCount: 1, pointerType: 'pen' } as const;
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseReleased', x, y, ...tip });
  }
  await browser.detach();
}

export const circle = (x: number, y: number, radius: number): [number, number][] =>
  Array.from({ length: 73 }, (_, index) => {
    const angle = (index / 72) * 2 * Math.PI;
    return [x + radius * Math.cos(angle), y + radius * 1.5 * Math.sin(angle)];
  });
export const strokesIn = (page: Page) => page.locator('[data-stroke]');
