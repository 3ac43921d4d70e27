import { watch } from 'vue';
import type { Classroom } from './classroom.ts';
import type { RemoteTrack } from './receiving.ts';

/** Largest simulcast layer worth sending for a picture of this size: 0 quarter, 1 half, 2 full (of 1280×720). */
export type Layer = 0 | 1 | 2;

/** Tells the node how large each picture is shown, so that no line carries more than is seen. */
export function usePictureLayers(classroom: Classroom, layerOf: (track: RemoteTrack) => Layer): void {
  const told = new Map<string, Layer>();
  watch(
    () => ({
      open: classroom.line.value.state === 'open',
      wanted: classroom.tracks.value
        .filter(({ source }) => source === 'camera')
        .map((track) => ({ consumerId: track.consumerId, layer: layerOf(track) })),
    }),
    ({ open, wanted }) => {
      if (!open) return;
      for (const { consumerId, layer } of wanted) {
        if (told.get(consumerId) === layer) continue;
        told.set(consumerId, layer);
        classroom
          .request('setPreferredLayer', { consumerId, spatialLayer: layer })
          .catch(() => told.delete(consumerId));
      }
    },
    { immediate: true },
  );
}
