import { computed, onBeforeUnmount, onScopeDispose, type Ref, ref, watch } from 'vue';
import { fileAddress, readRenditions, readWaveform } from '../api/files.ts';
import type { File } from '../api/types.ts';
import { useLoad } from '../state/load.ts';
import { useSession } from '../state/session.ts';
import { readSetting, writeSetting } from '../state/settings.ts';
import { createPosition, type Position } from './position.ts';
import { type Connection, choose, offered, type Playing, type Quality, qualities } from './quality.ts';

const lookAgainMs = 4000;
const retryMs = 3000;
const saveEveryMs = 5000;
/** Nobody needs to be led back to the very beginning, nor to the very end. */
const edgeSeconds = 10;
/** What comes then is the end. */
const finishedShare = 0.95;

const connection = (): Connection => (navigator as { connection?: Connection }).connection ?? {};

/**
 * Plays a file at the quality that suits the line, at the speed and from the place that the person left it.
 * With `only` there is nothing to choose: that is what is played.
 */
export function usePlayback(
  file: () => File,
  media: Ref<HTMLMediaElement | undefined>,
  unplayable: () => void,
  only?: Playing,
) {
  const { account } = useSession();
  const remembered = qualities.find((one) => one === readSetting('quality'));
  const quality = ref<Quality>(remembered ?? 'auto');
  const speed = ref('1');
  const originalPlays = ref(true);
  const src = ref<string>();
  const resumeMs = ref<number | null>(null);
  const stalledMs = ref<number | null>(null);
  const load = useLoad(
    (signal) => readRenditions(file().id, signal),
    () => file().id,
  );
  const renditions = computed(() => load.data.value?.renditions ?? []);
  const making = computed(() => (load.data.value?.state === 'working' ? load.data.value.percent : null));
  const original = computed(() => {
    const { bytes, durationMs } = file();
    return { bitrate: durationMs ? (bytes * 8000) / durationMs : null, isPlayable: originalPlays.value };
  });
  const choices = computed(() => (only ? [only] : offered(renditions.value, original.value)));
  const sprite = computed(() => load.data.value?.sprite ?? null);
  const waveform = useLoad(
    async (signal) => (load.data.value?.hasWaveform ? (await readWaveform(file().id, signal)).peaks : null),
    () => load.data.value?.hasWaveform,
  );
  const atMs = ref(0);
  const knownMs = ref<number | null>(null);
  const durationMs = computed(() => knownMs.value ?? file().durationMs ?? 0);
  let position: Position = createPosition(file().id, account.value?.id ?? null);
  /** Where somebody stopped, until it has been offered. */
  let was = 0;

  /** Where a new source goes on, and whether it plays at once. */
  let carried: { seconds: number; plays: boolean } | null = null;
  let saved = 0;
  let again: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function follow(mayInterrupt: boolean): void {
    const playing = only ?? choose(quality.value, renditions.value, original.value, connection());
    const next =
      playing === null
        ? undefined
        : playing === 'original'
          ? fileAddress.content(file().id)
          : fileAddress.rendition(file().id, playing);
    const element = media.value;
    // Also before the first frame has come, once somebody has pressed play.
    const isUnderWay = element !== undefined && src.value !== undefined && (element.currentTime > 0 || !element.paused);
    // What is new on the server must not stop what somebody watches.
    if (next === src.value || (isUnderWay && !mayInterrupt && originalPlays.value)) return;
    if (isUnderWay) carried = { seconds: element.currentTime, plays: !element.paused };
    src.value = next;
  }

  function save(): void {
    const element = media.value;
    if (element && element.currentTime > 0) {
      position.keep(element.currentTime > finishedShare * element.duration ? 0 : element.currentTime);
    }
    saved = Date.now();
  }

  function loaded(): void {
    const element = media.value;
    if (!element) return;
    element.playbackRate = Number(speed.value);
    stalledMs.value = null;
    knownMs.value = Number.isFinite(element.duration) ? element.duration * 1000 : null;
    if (carried) {
      element.currentTime = carried.seconds;
      if (carried.plays) void element.play().catch(() => undefined);
      carried = null;
    } else offer();
    atMs.value = element.currentTime * 1000;
  }

  /** As soon as both are known: where that was, and how long it is. Not to who is at it already. */
  function offer(): void {
    const element = media.value;
    if (!element || element.readyState === 0 || element.currentTime > 0 || carried) return;
    if (was > edgeSeconds && was < element.duration - edgeSeconds) resumeMs.value = was * 1000;
    was = 0;
  }

  async function openPosition(): Promise<void> {
    const opened = createPosition(file().id, account.value?.id ?? null);
    position = opened;
    const seconds = await opened.read();
    if (position !== opened) return;
    was = seconds;
    offer();
  }

  function moved(): void {
    atMs.value = (media.value?.currentTime ?? 0) * 1000;
  }

  /** What is playing goes on elsewhere from here. */
  function leave(): void {
    if (media.value && !media.value.paused) save();
    position.flush();
  }
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') leave();
  };

  function seek(toMs: number): void {
    const element = media.value;
    atMs.value = toMs;
    if (!element) return;
    if (element.readyState === 0) carried = { seconds: toMs / 1000, plays: false };
    else element.currentTime = toMs / 1000;
  }

  /** Not before it is known whether something is being made. */
  function giveUpIfNothingComes(): void {
    const isKnown = load.data.value !== undefined || load.error.value !== null;
    if (isKnown && !originalPlays.value && src.value === undefined && making.value === null) unplayable();
  }

  function failed(): void {
    const element = media.value;
    if (!element) return;
    if (element.error?.code === MediaError.MEDIA_ERR_NETWORK) {
      carried ??= { seconds: element.currentTime, plays: true };
      stalledMs.value = carried.seconds * 1000;
      clearTimeout(retry);
      retry = setTimeout(() => element.load(), retryMs);
    } else if (src.value === fileAddress.content(file().id)) {
      originalPlays.value = false;
      follow(true);
      giveUpIfNothingComes();
    } else unplayable();
  }

  watch([load.data, load.error], () => {
    clearTimeout(again);
    if (making.value !== null) again = setTimeout(() => void load.reload(), lookAgainMs);
    follow(false);
    giveUpIfNothingComes();
  });
  watch(quality, (chosen) => {
    writeSetting('quality', chosen);
    follow(true);
  });
  watch(speed, (chosen) => {
    if (media.value) media.value.playbackRate = Number(chosen);
  });
  watch(
    () => file().id,
    () => {
      originalPlays.value = true;
      src.value = undefined;
      resumeMs.value = null;
      stalledMs.value = null;
      carried = null;
      knownMs.value = null;
      atMs.value = 0;
      was = 0;
      position.flush();
      void openPosition();
    },
    { flush: 'sync' },
  );
  void openPosition();
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', hidden);
  onBeforeUnmount(leave);
  onScopeDispose(() => {
    removeEventListener('pagehide', leave);
    document.removeEventListener('visibilitychange', hidden);
    clearTimeout(again);
    clearTimeout(retry);
  });

  return {
    mayChoose: only === undefined,
    quality,
    speed,
    src,
    choices,
    renditions,
    original,
    making,
    resumeMs,
    stalledMs,
    atMs,
    durationMs,
    sprite,
    peaks: waveform.data,
    fileId: () => file().id,
    seek,
    resume(): void {
      if (!media.value || resumeMs.value === null) return;
      media.value.currentTime = resumeMs.value / 1000;
      resumeMs.value = null;
      void media.value.play().catch(() => undefined);
    },
    /** To be bound to the element. */
    events: {
      loadedmetadata: loaded,
      error: failed,
      seeking: moved,
      timeupdate: () => {
        moved();
        if (Date.now() - saved > saveEveryMs) save();
      },
      pause: () => {
        save();
        position.flush();
      },
      playing: () => {
        resumeMs.value = null;
        stalledMs.value = null;
      },
      waiting: () => {
        if (!navigator.onLine) stalledMs.value = (media.value?.currentTime ?? 0) * 1000;
      },
      ended: () => {
        position.keep(0);
        position.flush();
      },
    },
  };
}

export type Playback = ReturnType<typeof usePlayback>;
