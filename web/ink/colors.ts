import type { InkColor, InkWidth } from '../../media/protocol.ts';

/** Each colour with an edge that keeps it apart from a page of the same: a hairline, so that no word beside it is lost. */
export const inkColors: Record<InkColor, { line: string; edge: string }> = {
  red: { line: '#e02f1f', edge: 'rgba(255, 255, 255, 0.6)' },
  blue: { line: '#1d62d6', edge: 'rgba(255, 255, 255, 0.6)' },
  black: { line: '#17211f', edge: 'rgba(255, 255, 255, 0.6)' },
  white: { line: '#ffffff', edge: 'rgba(16, 24, 22, 0.5)' },
};

/** In ten-thousandths of the page's width. */
export const inkWidths: Record<InkWidth, number> = { thin: 42, thick: 100 };
/** On both sides together. */
export const edgeWidth = 12;

/** A dot of the pen's colour, where the line will begin. */
export function penCursor(color: InkColor): string {
  const { line } = inkColors[color];
  const ring = color === 'white' ? '#17211f' : '#ffffff';
  const dot = `<circle cx="8" cy="8" r="5" fill="${line}" stroke="${ring}" stroke-width="2"/>`;
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">${dot}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(picture)}") 8 8`;
}
