import type { Found } from '../api/types.ts';
import type { TextKey, Translate } from '../locales/text.ts';

export type CheckTone = 'good' | 'fair' | 'bad';
export type CheckItem = keyof Found;

/** What a check says of one thing: what it is like, and what to do about it. */
export interface CheckLine {
  item: CheckItem;
  tone: CheckTone;
  words: string;
  advice: string | null;
}

export const checkItems = ['camera', 'microphone', 'loudspeaker', 'link'] as const satisfies readonly CheckItem[];
const fairLoss = 0.03;
const poorLoss = 0.12;
/** Below it the presenter's small picture does not go through beside the sound. */
const poorDownKbps = 200;
const poorUpKbps = 64;
const fairDownKbps = 1000;

const tones = {
  ok: 'good',
  heard: 'good',
  not_heard: 'fair',
  unknown: 'fair',
  dark: 'fair',
  silent: 'bad',
  missing: 'bad',
  denied: 'bad',
  busy: 'bad',
  insecure: 'bad',
  blocked: 'bad',
} as const satisfies Record<string, CheckTone>;
type State = keyof typeof tones;

function plain(t: Translate, item: CheckItem, state: State): CheckLine {
  const tone = tones[state];
  const advice = state === 'ok' || state === 'heard' ? null : t(`classroom.check.advice.${state}` satisfies TextKey);
  return { item, tone, words: t(`classroom.check.words.${state}` satisfies TextKey), advice };
}

function cameraLine(t: Translate, { state, width, height }: Found['camera']): CheckLine {
  const line = plain(t, 'camera', state);
  if (state !== 'ok' || width === null || height === null) return line;
  return { ...line, words: t('classroom.check.words.size', { width, height }) };
}

/** 2.1 Mbit/s, 640 kbit/s */
export function speedWords(t: Translate, kbps: number): string {
  if (kbps < 1000) return t('classroom.check.words.kbit', { n: Math.round(kbps) });
  const mbit = kbps / 1000;
  return t('classroom.check.words.mbit', { n: mbit >= 10 ? Math.round(mbit) : Math.round(mbit * 10) / 10 });
}

function linkLine(t: Translate, { udp, tcp, relay, downKbps, upKbps }: Found['link']): CheckLine {
  const best = [udp, tcp, relay].find((path) => path?.reachable);
  if (!best) {
    const [words, advice] = [t('classroom.check.words.unreachable'), t('classroom.check.advice.unreachable')];
    return { item: 'link', tone: 'bad', words, advice };
  }
  const lost = Math.max(best.lossUp ?? 0, best.lossDown ?? 0);
  const loss = `${Math.round(lost * 100)}%`;
  const figures =
    downKbps === null
      ? t('classroom.check.words.speedUnknown', { loss })
      : t('classroom.check.words.speed', { speed: speedWords(t, downKbps), loss });
  const around = best === udp ? null : best === tcp ? 'overTcp' : 'overRelay';
  const words = around === null ? figures : t(`classroom.check.words.${around}`, { line: figures });
  const poorlySlow = (downKbps ?? Infinity) < poorDownKbps || (upKbps ?? Infinity) < poorUpKbps;
  if (poorlySlow) return { item: 'link', tone: 'bad', words, advice: t('classroom.check.advice.slow') };
  if (lost >= fairLoss) {
    return { item: 'link', tone: lost >= poorLoss ? 'bad' : 'fair', words, advice: t('classroom.check.advice.loss') };
  }
  if (around !== null) return { item: 'link', tone: 'fair', words, advice: t(`classroom.check.advice.${around}`) };
  if ((downKbps ?? Infinity) < fairDownKbps) {
    return { item: 'link', tone: 'fair', words, advice: t('classroom.check.advice.slow') };
  }
  return { item: 'link', tone: 'good', words, advice: null };
}

/** A check in words, as far as it has come. */
export function checkLines(t: Translate, found: Partial<Found>): CheckLine[] {
  return [
    ...(found.camera ? [cameraLine(t, found.camera)] : []),
    ...(found.microphone ? [plain(t, 'microphone', found.microphone.state)] : []),
    ...(found.loudspeaker ? [plain(t, 'loudspeaker', found.loudspeaker.state)] : []),
    ...(found.link ? [linkLine(t, found.link)] : []),
  ];
}

export function worstTone(lines: readonly Pick<CheckLine, 'tone'>[]): CheckTone {
  return (['bad', 'fair'] as const).find((tone) => lines.some((line) => line.tone === tone)) ?? 'good';
}
