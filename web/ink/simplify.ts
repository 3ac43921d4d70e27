/** In ten-thousandths of the page: about a pixel, and the curve through what is left comes nearer. */
const tolerance = 8;

/**
 * Fewer points that show the same line (Ramer–Douglas–Peucker): a pen says up to 240 of them a second.
 * @param points x and y in turn; the first and the last stay
 */
export function simplify(points: readonly number[]): number[] {
  const count = points.length / 2;
  const kept = new Set([0, count - 1]);
  const spans: [number, number][] = [[0, count - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    const { index, distance } = furthest(points, from, to);
    if (distance <= tolerance) continue;
    kept.add(index);
    spans.push([from, index], [index, to]);
  }
  return points.filter((_, index) => kept.has(Math.floor(index / 2)));
}

/** The point between two others that is furthest from the straight way between them. */
function furthest(points: readonly number[], from: number, to: number): { index: number; distance: number } {
  const at = (index: number): [number, number] => [points[2 * index] ?? 0, points[2 * index + 1] ?? 0];
  const [[x1, y1], [x2, y2]] = [at(from), at(to)];
  const [dx, dy] = [x2 - x1, y2 - y1];
  const square = dx * dx + dy * dy;
  let best = { index: from, distance: 0 };
  for (let index = from + 1; index < to; index += 1) {
    const [x, y] = at(index);
    const share = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / square));
    const distance = Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
    if (distance > best.distance) best = { index, distance };
  }
  return best;
}
