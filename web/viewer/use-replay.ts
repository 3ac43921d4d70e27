import { onScopeDispose, type Ref } from 'vue';
import type { File } from '../api/types.ts';
import { usePlayback } from './playback.ts';
import type { Playing } from './quality.ts';
import { useCaptions } from './use-captions.ts';

/** Where a replay begins, and whether it plays at once. */
export interface Beginning {
  atMs: number;
  plays: boolean;
}

/** What is asked of the picture or the sound of a recording. */
export interface ReplayProps {
  file: File;
  /** The words whose moment is offered. */
  find: string;
  editable: boolean;
  begin: Beginning | null;
}

interface ReplayOptions {
  props: ReplayProps;
  media: Ref<HTMLMediaElement | undefined>;
  /** The only thing that is played; without it, what suits the line. */
  only?: Playing;
  moved(ms: number): void;
  unplayable(): void;
}

/** `timeupdate` comes four times a second: too seldom for a line that is being drawn. */
const followEveryMs = 100;

/** Plays a recording from where it is to begin, and tells its moment to the slides beside it. */
export function useReplay({ props, media, only, moved, unplayable }: ReplayOptions) {
  const file = (): File => props.file;
  const playback = usePlayback(file, media, unplayable, only);
  const captions = useCaptions(file, media, () => props.find);
  let begin = props.begin;

  let following: ReturnType<typeof setInterval> | undefined;

  function follow(): void {
    if (media.value) moved(media.value.currentTime * 1000);
  }
  function followOn(): void {
    clearInterval(following);
    following = setInterval(() => {
      follow();
      if (media.value?.paused ?? true) clearInterval(following);
    }, followEveryMs);
  }
  onScopeDispose(() => clearInterval(following));
  /** Whoever asks for a moment is not led to where they were last time. */
  function loaded(): void {
    if (!media.value || !begin) return;
    media.value.currentTime = begin.atMs / 1000;
    playback.resumeMs.value = null;
    if (begin.plays) void media.value.play().catch(() => undefined);
    begin = null;
  }

  return {
    playback,
    captions,
    /** To be bound to the element. */
    events: {
      ...playback.events,
      loadedmetadata(): void {
        playback.events.loadedmetadata();
        loaded();
      },
      playing(): void {
        playback.events.playing();
        followOn();
      },
      timeupdate(): void {
        playback.events.timeupdate();
        follow();
      },
      seeking(): void {
        playback.events.seeking();
        follow();
      },
      loadeddata: captions.apply,
    },
    /** To be given to the player around it. */
    controls: {
      seek(toMs: number): void {
        if (media.value && media.value.readyState > 0) media.value.currentTime = toMs / 1000;
        else begin = { atMs: toMs, plays: false };
      },
      isPlaying: (): boolean => media.value?.paused === false,
    },
  };
}
