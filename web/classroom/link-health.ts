import { onScopeDispose, type Ref, shallowRef } from 'vue';
import type { Link } from '../../media/protocol.ts';
import type { Classroom } from './classroom.ts';
import { countersOf, type LinkCounters, linkBetween } from './link-counters.ts';

const reportEveryMs = 5000;
/** The first two readings come sooner, so that the line is judged soon after the first picture. */
const firstReadingMs = 1000;
/** A report is also the heartbeat: unanswered for this long, the line counts as lost. */
const heartbeatTimeoutMs = 7000;

/** Measures this browser's line every 5 s and reports it to the node. Null until two readings exist. */
export function useLinkHealth(classroom: Classroom): Ref<Link | null> {
  const link = shallowRef<Link | null>(null);
  let before: LinkCounters | null = null;
  let measuring = false;
  let measured = '';
  /** Since the source changed. */
  let readings = 0;

  async function measure(): Promise<void> {
    const transports = classroom.transports();
    if (!transports || measuring) return;
    measuring = true;
    try {
      const presenter = classroom.roster.presenter.value;
      const camera = classroom.tracks.value.find(
        ({ source, participantId }) => source === 'camera' && participantId === presenter?.id,
      );
      // Another source counts from nought: compared with the one before it, it would look like a dead line.
      const source = `${transports.receive.id} ${camera?.track.id ?? ''}`;
      if (source !== measured) {
        before = null;
        link.value = null;
        readings = 0;
      }
      measured = source;
      const sides = [transports.receive, ...(transports.send ? [transports.send] : [])];
      const reports = await Promise.all(sides.map((side) => side.getStats()));
      const now = countersOf(reports, camera?.track.id ?? null, Date.now());
      const expected = {
        // A picture that is only just coming is not one that is missing.
        picture: camera !== undefined && !camera.paused && (now.framesDecoded > 0 || readings > 2),
        slides: classroom.slides.file.value !== null,
      };
      if (before) link.value = linkBetween(before, now, expected);
      before = now;
      if (link.value && classroom.line.value.state === 'open') {
        await classroom.request('reportLink', link.value, heartbeatTimeoutMs);
      }
    } catch {
      // Transports are replaced, or the line is just going: the next reading starts anew.
      before = null;
    } finally {
      measuring = false;
    }
  }

  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function schedule(): void {
    if (over) return;
    if (classroom.transports()) readings += 1;
    timer = setTimeout(() => void measure().then(schedule), readings <= 2 ? firstReadingMs : reportEveryMs);
  }
  schedule();
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
  });
  return link;
}
