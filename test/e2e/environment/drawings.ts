import sharp from 'sharp';

/** Where the drawings leave room for the coloured card: shares of width and height. Tests look at its middle. */
export const card = { left: 0.35, top: 0.15, width: 0.3, height: 0.3 } as const;

const scene = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">${content}</svg>`;

/** A teacher beside a blackboard, on which the card hangs. */
const teacher = scene(`
  <rect width="1280" height="720" fill="#e9e2d0"/>
  <rect x="90" y="70" width="1100" height="420" rx="10" fill="#8a6a43"/>
  <rect x="106" y="86" width="1068" height="388" fill="#2d5a4a"/>
  <g fill="#f2f0e6" font-family="Noto Sans CJK SC">
    <text x="150" y="190" font-size="44">分数的</text><text x="150" y="250" font-size="44">初步认识</text>
    <text x="150" y="390" font-size="32">平均分成几份</text><text x="150" y="438" font-size="32">取其中的一份</text>
  </g>
  <g transform="translate(1000 250)">
    <path d="M-130 470 Q-130 210 0 200 Q130 210 130 470Z" fill="#34506e"/>
    <path d="M-36 204 L0 262 L36 204Z" fill="#f5f1e8"/>
    <rect x="-24" y="150" width="48" height="66" fill="#e3b48f"/>
    <ellipse cx="0" cy="96" rx="72" ry="86" fill="#edc19d"/>
    <path d="M-78 108 Q-86 -6 0 -6 Q86 -6 78 108 Q64 44 12 40 Q-52 40 -62 70 Q-72 84 -78 108Z" fill="#2b211d"/>
    <circle cx="-26" cy="104" r="7" fill="#2b211d"/><circle cx="26" cy="104" r="7" fill="#2b211d"/>
    <path d="M-24 142 Q0 162 24 142" fill="none" stroke="#a4553f" stroke-width="6" stroke-linecap="round"/>
  </g>
  <rect y="640" width="1280" height="80" fill="#c9a26d"/>`);

const pupil = (x: number, y: number, hair: string, shirt: string) => `
  <g transform="translate(${x} ${y})">
    <path d="M-78 190 Q-78 78 0 74 Q78 78 78 190Z" fill="${shirt}"/><circle r="58" fill="#efc6a4"/>
    <path d="M-62 4 Q-64 -66 0 -66 Q64 -66 62 4 Q40 -30 0 -30 Q-40 -30 -62 4Z" fill="${hair}"/>
    <circle cx="-20" cy="8" r="6" fill="#2b211d"/><circle cx="20" cy="8" r="6" fill="#2b211d"/>
    <path d="M-16 30 Q0 42 16 30" fill="none" stroke="#a4553f" stroke-width="5" stroke-linecap="round"/>
  </g>`;

/** Pupils at their desks; the card hangs on the wall behind them. */
const pupils = scene(`
  <rect width="1280" height="720" fill="#dfe6e4"/>
  <rect x="60" y="70" width="280" height="230" fill="#bcd7e6"/><rect x="940" y="70" width="280" height="230" fill="#bcd7e6"/>
  ${[190, 490, 790, 1090].map((x, index) => pupil(x, 410, '#2b211d', ['#c6533f', '#3f7d5c', '#3c5f94', '#b98a2e'][index] ?? '')).join('')}
  <rect y="560" width="1280" height="160" fill="#c9a26d"/><rect y="560" width="1280" height="12" fill="#a9824f"/>`);

export type Drawing = keyof typeof drawings;
const drawings = { teacher, pupils };

export function drawingPng(name: Drawing): Promise<Buffer> {
  return sharp(Buffer.from(drawings[name])).png().toBuffer();
}
