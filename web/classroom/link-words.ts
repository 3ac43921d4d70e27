import type { Link, Why } from '../../media/protocol.ts';
import type { TextKey } from '../locales/text.ts';

export type LinkTone = 'good' | 'fair' | 'poor' | 'lost' | 'unknown';

export interface LinkWords {
  tone: LinkTone;
  key: TextKey;
  named: Record<string, unknown>;
}

const fairLoss = 0.03;
const poorLoss = 0.12;
const fairRttMs = 400;
const poorConcealed = 0.1;

function percent(value: number): number {
  return Math.round(value * 100);
}

export function linkTone(link: Link): LinkTone {
  const { loss, concealed, rttMs, rung } = link;
  if ((loss ?? 0) >= poorLoss || (concealed ?? 0) >= poorConcealed || rung === 'slides_audio' || rung === 'audio')
    return 'poor';
  if ((loss ?? 0) >= fairLoss || (rttMs ?? 0) >= fairRttMs || rung !== 'all') return 'fair';
  return 'good';
}

/** The state of a room's line in two words, for the presenter: 良好, 丢包 12%, 网速 90 kbit/s. */
export function linkWords(link: Link | undefined, connected: boolean): LinkWords {
  if (!connected) return { tone: 'lost', key: 'classroom.link.recovering', named: {} };
  if (!link) return { tone: 'unknown', key: 'classroom.link.measuring', named: {} };
  const tone = linkTone(link);
  const loss = link.loss ?? 0;
  if (loss >= fairLoss) return { tone, key: 'classroom.link.loss', named: { percent: percent(loss) } };
  // A line that is calm since it carries less is still the line that made it carry less.
  if (link.why) return { tone, ...whyWords(link.why) };
  if ((link.concealed ?? 0) >= poorConcealed) return { tone, key: 'classroom.link.choppy', named: {} };
  if ((link.rttMs ?? 0) >= fairRttMs) return { tone, key: 'classroom.link.delay', named: { ms: link.rttMs } };
  return { tone, key: link.rung === 'all' ? 'classroom.link.good' : 'classroom.link.testing', named: {} };
}

function whyWords({ cause, value }: Why): Pick<LinkWords, 'key' | 'named'> {
  switch (cause) {
    case 'loss':
      return { key: 'classroom.link.loss', named: { percent: percent(value) } };
    case 'speed':
      return { key: 'classroom.link.speed', named: { kbps: Math.round(value) } };
    case 'sound':
      return { key: 'classroom.link.choppy', named: {} };
    case 'picture':
      return { key: 'classroom.link.frozen', named: {} };
  }
}

/** What the room still gets, step by step down the ladder. */
export function rungKey(link: Link): TextKey {
  return `classroom.rung.${link.rung}`;
}

/** The same for those in the room, as a sentence on the big screen. */
export function ownLinkWords(link: Link | null, open: boolean, mediaConnected: boolean): LinkWords {
  if (!open || !mediaConnected) return { tone: 'lost', key: 'classroom.ownLink.lost', named: {} };
  if (!link) return { tone: 'unknown', key: 'classroom.ownLink.measuring', named: {} };
  if (link.rung === 'slides_audio') return { tone: 'poor', key: 'classroom.ownLink.slidesAudio', named: {} };
  if (link.rung === 'audio') return { tone: 'poor', key: 'classroom.ownLink.audio', named: {} };
  const tone = linkTone(link);
  if (link.rung === 'no_thumbnails') return { tone, key: 'classroom.ownLink.noThumbnails', named: {} };
  if (link.rung === 'low_video') return { tone, key: 'classroom.ownLink.lowVideo', named: {} };
  if (tone === 'good') return { tone, key: 'classroom.ownLink.good', named: {} };
  return { tone, key: tone === 'poor' ? 'classroom.ownLink.poor' : 'classroom.ownLink.fair', named: {} };
}
