import { type ComputedRef, computed, onScopeDispose, shallowRef } from 'vue';
import type { Link, LinkReport } from '../../media/protocol.ts';
import type { Classroom } from './classroom.ts';
import { countersOf, type LinkCounters, linkBetween } from './link-counters.ts';

const reportEveryMs = 2000;
/** The first two readings come sooner, so that the line is judged soon after the first picture. */
const firstReadingMs = 1000;
/** So many readings back loss is counted. */
const lossOver = 3;
/** A report is also the heartbeat: unanswered for this long, the line counts as lost. */
const heartbeatTimeoutMs = 7000;

/**
 * Measures this browser's line every 2 s and reports it to the node, whose ladder goes by it. Null until two readings
 * exist.
 */
export function useLinkHealth(classroom: Classroom): ComputedRef<Link | null> {
  const report = shallowRef<LinkReport | null>(null);
  const { ladder } = classroom;
  /** The last readings, the oldest first. */
  let before: LinkCounters[] = [];
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
      const source = `${transports.receive.id} ${camera?.track.id ?? ''} ${ladder.picture.value}`;
      if (source !== measured) {
        before = [];
        readings = 0;
      }
      measured = source;
      const sides = [transports.receive, ...(transports.send ? [transports.send] : [])];
      const reports = await Promise.all(sides.map((side) => side.getStats()));
      // Of a sender that is cut off itself nothing can come.
      const sounds = classroom.tracks.value.filter(
        ({ kind, paused, participantId }) =>
          kind === 'audio' && !paused && classroom.roster.byId(participantId)?.connected === true,
      );
      const awaited = sounds.map(({ track }) => track.id);
      const now = countersOf(reports, camera?.track.id ?? null, Date.now(), awaited);
      // A picture that is only just coming is not one that is missing, nor is one that the ladder holds back.
      const expected =
        camera !== undefined && !camera.paused && ladder.picture.value && (now.framesDecoded > 0 || readings > 2);
      const last = before.at(-1);
      const news = last && linkBetween(last, now, expected, before[0]);
      before = [...before, now].slice(-lossOver);
      if (!news) return;
      report.value = news;
      if (classroom.line.value.state === 'open') await classroom.request('reportLink', news, heartbeatTimeoutMs);
    } catch {
      // Transports are replaced, or the line is just going: the next reading starts anew.
      before = [];
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
  return computed(() => report.value && { ...report.value, rung: ladder.rung.value, why: ladder.why.value });
}
