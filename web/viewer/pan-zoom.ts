import type { Size } from './page-layout.ts';

export interface Point {
  x: number;
  y: number;
}

/** How a picture lies on its stage: 1 is whole, x and y its centre from that of the stage, in pixels. */
export interface View extends Point {
  scale: number;
}

export const whole: View = { scale: 1, x: 0, y: 0 };
const LEAST_OF_MOST = 4;
const MOST = 20;

/** The picture whole on the stage, and never larger than it is. */
export function fitted(picture: Size, stage: Size): Size {
  const share = Math.min(1, stage.width / picture.width, stage.height / picture.height);
  return { width: picture.width * share, height: picture.height * share };
}

/** At the largest, one pixel of the picture is two of the screen. */
export function mostScale(picture: Size, stage: Size): number {
  const { width } = fitted(picture, stage);
  return width > 0 ? Math.min(MOST, Math.max(LEAST_OF_MOST, (picture.width / width) * 2)) : LEAST_OF_MOST;
}

/** No edge of the picture comes into the stage unless the whole side fits. */
export function held({ scale, x, y }: View, picture: Size, stage: Size): View {
  const { width, height } = fitted(picture, stage);
  const room = (size: number, free: number) => Math.max(0, (size * scale - free) / 2);
  const [right, down] = [room(width, stage.width), room(height, stage.height)];
  // Never -0, which is written as such.
  return { scale, x: Math.min(right, Math.max(-right, x)) + 0, y: Math.min(down, Math.max(-down, y)) + 0 };
}

/** @param at the point that stays where it is, from the centre of the stage. */
export function zoomed(view: View, factor: number, at: Point, picture: Size, stage: Size): View {
  const scale = Math.min(mostScale(picture, stage), Math.max(1, view.scale * factor));
  const grown = scale / view.scale;
  return held({ scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown }, picture, stage);
}

export function panned(view: View, by: Point, picture: Size, stage: Size): View {
  return held({ ...view, x: view.x + by.x, y: view.y + by.y }, picture, stage);
}
