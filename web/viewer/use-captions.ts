import { computed, onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import { listCaptions, readCaptions } from '../api/captions.ts';
import type { File } from '../api/types.ts';
import { useLoad } from '../state/load.ts';
import { readSetting, writeSetting } from '../state/settings.ts';
import { findSpoken, type Spoken } from './spoken.ts';

const setting = 'captions';
const off = 'off';

/** The captions of what plays. A choice holds for everything that has captions of the same language. */
export function useCaptions(file: () => File, media: Ref<HTMLMediaElement | undefined>, find: () => string) {
  const load = useLoad(
    (signal) => listCaptions(file().id, signal),
    () => file().id,
  );
  const tracks = computed(() => load.data.value?.items ?? []);
  const language = ref(readSetting(setting) ?? off);
  /** Of two tracks in one language, the one that was chosen. */
  const exact = ref<string | null>(null);
  /** Id of the track that is shown, or `off`. */
  const shownId = computed(() => {
    const alike = tracks.value.filter((track) => track.language === language.value);
    return (alike.find(({ id }) => id === exact.value) ?? alike[0])?.id ?? off;
  });
  /** What is said now, of a sound, which shows nothing by itself. */
  const spoken = ref('');
  const found = shallowRef<Spoken | null>(null);

  function choose(id: string): void {
    exact.value = id;
    language.value = tracks.value.find((track) => track.id === id)?.language ?? off;
    writeSetting(setting, language.value);
  }

  const elements = (): HTMLTrackElement[] => [...(media.value?.querySelectorAll('track') ?? [])];

  function follow(this: TextTrack): void {
    const cues = [...(this.activeCues ?? [])] as VTTCue[];
    spoken.value = cues.map((cue) => cue.getCueAsHTML().textContent ?? '').join('\n');
  }

  /** A sound's are loaded and not drawn. */
  function apply(): void {
    spoken.value = '';
    const isSound = media.value instanceof HTMLAudioElement;
    for (const { dataset, track } of elements()) {
      const isShown = dataset.id === shownId.value;
      const mode = isShown ? (isSound ? 'hidden' : 'showing') : 'disabled';
      if (track.mode !== mode) track.mode = mode;
      track.oncuechange = isShown && isSound ? follow : null;
    }
  }

  /** The browser's own menu has them, too. */
  function changed(): void {
    if (!(media.value instanceof HTMLVideoElement) || elements().length === 0) return;
    const showing = elements().find(({ track }) => track.mode === 'showing');
    const id = showing?.dataset.id ?? off;
    if (id !== shownId.value) choose(id);
  }

  watch([shownId, tracks, media], apply, { flush: 'post' });
  watch(media, (now, before) => {
    before?.textTracks.removeEventListener('change', changed);
    now?.textTracks.addEventListener('change', changed);
  });
  onScopeDispose(() => media.value?.textTracks.removeEventListener('change', changed));

  // What the search has found inside is said at some moment.
  watch(
    [tracks, find],
    async (_, __, onCleanup) => {
      found.value = null;
      const abort = new AbortController();
      onCleanup(() => abort.abort());
      if (find() === '') return;
      for (const { id } of tracks.value) {
        const captions = await readCaptions(file().id, id, abort.signal).catch(() => null);
        if (abort.signal.aborted) return;
        const hit = captions && findSpoken(captions.cues, find());
        if (hit) {
          found.value = hit;
          return;
        }
      }
    },
    { immediate: true },
  );

  return {
    tracks,
    shownId,
    choose,
    spoken,
    found,
    apply,
    mayEdit: computed(() => load.data.value?.mayEdit ?? false),
    reload: load.reload,
  };
}

export type CaptionChoice = ReturnType<typeof useCaptions>;
