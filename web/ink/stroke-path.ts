interface Place {
  x: number;
  y: number;
}

/** A turn that is sharper than this is a corner, and stays one: squares are not to become eggs. */
const cornerCosine = Math.cos((65 * Math.PI) / 180);

/**
 * A stroke as the `d` of an SVG path, through all its points: curved where it was drawn in a curve, with the corners that it
 * has. Units are ten-thousandths of the page's width in both directions, so that a line is as thick across as along.
 * @param points x and y in turn, in ten-thousandths of the page's width and height
 * @param ratio of the page, width over height
 */
export function pathOf(points: readonly number[], ratio: number): string {
  const places = placesOf(points, ratio);
  const [first] = places;
  if (!first) return '';
  // A line without length is a dot, as its ends are round.
  if (places.length === 1) return `M${show(first)}h0`;
  const lengths = places.slice(1).map((to, index) => distance(places[index] ?? to, to));
  const tangents = places.map((_, index) => tangentsAt(places, index));
  let path = `M${show(first)}`;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [places[index], places[index + 1]];
    if (!from || !to) continue;
    // A long straight part must not be bent by the short one next to it.
    const before = Math.min(length, lengths[index - 1] ?? length) / 3;
    const after = Math.min(length, lengths[index + 1] ?? length) / 3;
    const out = along(from, tangents[index]?.leaving, before);
    const into = along(to, tangents[index + 1]?.arriving, -after);
    path += `C${show(out)} ${show(into)} ${show(to)}`;
  }
  return path;
}

/** Without places that are said twice. */
function placesOf(points: readonly number[], ratio: number): Place[] {
  const places: Place[] = [];
  for (let index = 0; index + 1 < points.length; index += 2) {
    const place = { x: points[index] ?? 0, y: (points[index + 1] ?? 0) / ratio };
    const last = places.at(-1);
    if (last?.x !== place.x || last.y !== place.y) places.push(place);
  }
  return places;
}

/** The ways in which a place is reached and left: one and the same in a curve. */
function tangentsAt(places: Place[], index: number): { arriving: Place; leaving: Place } {
  const [before, here, after] = [places[index - 1], places[index], places[index + 1]];
  const arriving = before && here && direction(before, here);
  const leaving = here && after && direction(here, after);
  if (!arriving || !leaving) {
    const only = arriving ?? leaving ?? { x: 0, y: 0 };
    return { arriving: only, leaving: only };
  }
  if (arriving.x * leaving.x + arriving.y * leaving.y < cornerCosine) return { arriving, leaving };
  const both = direction({ x: 0, y: 0 }, { x: arriving.x + leaving.x, y: arriving.y + leaving.y });
  return { arriving: both, leaving: both };
}

const distance = (from: Place, to: Place): number => Math.hypot(to.x - from.x, to.y - from.y);

function direction(from: Place, to: Place): Place {
  const length = distance(from, to);
  return { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
}

const along = (from: Place, way: Place = { x: 0, y: 0 }, length: number): Place => ({
  x: from.x + way.x * length,
  y: from.y + way.y * length,
});

const show = ({ x, y }: Place): string => `${Number(x.toFixed(1))} ${Number(y.toFixed(1))}`;
