/** Red, green and blue, from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The plates of the test pictures; far enough from each other to be told apart after any encoding. */
export const plates = {
  red: [200, 40, 40],
  green: [40, 160, 60],
  blue: [40, 70, 200],
  yellow: [220, 190, 40],
  violet: [150, 40, 170],
  cyan: [40, 190, 200],
} as const satisfies Record<string, Rgb>;
export type Plate = keyof typeof plates;

const furthest = 70;

/** Which plate a colour is; null when it is none of them. */
export function plateOf(colour: Rgb): Plate | null {
  const distance = (plate: Rgb) => Math.hypot(...plate.map((value, index) => value - (colour[index] ?? 0)));
  const names = Object.keys(plates) as Plate[];
  const [nearest] = names.sort((a, b) => distance(plates[a]) - distance(plates[b]));
  return nearest && distance(plates[nearest]) < furthest ? nearest : null;
}

/** As ffmpeg writes colours: 0xc82828. */
export function hex(plate: Plate): string {
  return `0x${plates[plate].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
