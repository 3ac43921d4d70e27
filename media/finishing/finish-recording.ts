import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedTrack } from '../recording-sink.ts';
import { measureCompleteness } from './completeness.ts';
import { type Composition, compose, even, takeSound } from './composition.ts';
import type { FinishedRecording, FinishOptions } from './finished-recording.ts';
import { joinClocks } from './media-clock.ts';
import { writeAudioFile, writeVideoFile } from './media-file.ts';
import { runFfmpeg } from './program.ts';
import { buildTimeline } from './timeline.ts';
import { readTrack, type Span, type TrackReading, type TrackSurvey } from './track-survey.ts';

/** Nothing of the recording can be seen or heard: there is nothing to publish. */
export class EmptyRecordingError extends Error {
  constructor(recordingId: string) {
    super(`recording ${recordingId} holds neither picture nor sound`);
    this.name = 'EmptyRecordingError';
  }
}

const largestWidth = 1280;
const largestHeight = 720;

/**
 * Makes a recording's chunks into a video, a poster and a time line. May be stopped at any point and begun anew: it only
 * reads the chunks, and what it writes has its name when it is whole.
 * @throws EmptyRecordingError; ChunkLostError; Error when ffmpeg fails; the abort reason
 */
export async function finishRecording(options: FinishOptions): Promise<FinishedRecording> {
  const { journal, workFolder, signal, ffmpeg = runFfmpeg } = options;
  await mkdir(workFolder, { recursive: true });

  const surveys = await surveyTracks(options);
  const usable = surveys.filter((survey) => survey.usable);
  if (usable.length === 0) throw new EmptyRecordingError(journal.recordingId);
  const zero = Math.min(...usable.map(({ span }) => span.from));
  const durationMs = Math.ceil(Math.max(...usable.map(({ span }) => span.to)) - zero);
  // A single packet is no video.
  if (durationMs <= 0) throw new EmptyRecordingError(journal.recordingId);
  const completeness = measureCompleteness(surveys, zero);
  const timeline = buildTimeline(journal.events, completeness, zero, durationMs);

  const files = await writeFiles(usable, { ...options, zero, durationMs });
  const pictures = usable.filter(({ track, size }) => track.role === 'presenter' && size !== null);
  const hasPicture = files.camera !== null || files.screen !== null || files.rooms.length > 0;
  const size = canvasSize(pictures);
  const videoPath = join(workFolder, 'lesson.mp4');
  const posterPath = pictures.length > 0 ? join(workFolder, 'poster.jpg') : null;
  const firstPictureMs = Math.min(...pictures.map(({ span }) => span.from)) - zero;
  // A little into the lesson the camera has found its light; the very end may have no picture.
  const atMs = Math.min(firstPictureMs + Math.min(5_000, durationMs / 4), durationMs * 0.9);
  const poster = posterPath === null ? null : { output: posterPath, atMs };
  await compose({ ...files, durationMs, size, output: `${videoPath}.part`, poster }, ffmpeg, signal);
  await rename(`${videoPath}.part`, videoPath);
  const soundPath = files.audio.length > 0 ? await soundOf(videoPath, options) : null;
  const timelinePath = join(workFolder, 'timeline.json');
  await writeFile(timelinePath, JSON.stringify(timeline));
  return {
    videoPath,
    posterPath,
    soundPath,
    timelinePath,
    durationMs,
    width: hasPicture ? size.width : null,
    height: hasPicture ? size.height : null,
    startedAt: Math.round(zero),
    completeness: completeness.share,
    timeline,
  };
}

/** Null when it cannot be taken: it can be made of the video later, and is no reason to be without that. */
async function soundOf(videoPath: string, options: FinishOptions): Promise<string | null> {
  const { workFolder, signal, sound = 'speech', ffmpeg = runFfmpeg } = options;
  const output = join(workFolder, 'sound.mp4');
  try {
    await takeSound(videoPath, { output, profile: sound }, ffmpeg, signal);
    return output;
  } catch (error) {
    signal.throwIfAborted();
    options.onSoundFailed?.(error);
    return null;
  }
}

async function surveyTracks({ journal, readChunk, signal, toleratesLoss }: FinishOptions): Promise<TrackSurvey[]> {
  const chunks = Map.groupBy(journal.chunks, ({ trackId }) => trackId);
  const readings: TrackReading[] = [];
  for (const track of journal.tracks) {
    signal.throwIfAborted();
    const source = { readChunk, signal, toleratesLoss };
    const reading = await readTrack(track, chunks.get(track.trackId) ?? [], journal.events, source);
    if (reading) readings.push(reading);
  }
  // A participant's tracks run by one clock, for as long as one recorder listens to it.
  const senders = Map.groupBy(readings, ({ track }) => `${track.epoch}:${track.participantId}`);
  for (const sender of senders.values()) joinClocks(sender.map(({ clock }) => clock));
  const surveys = readings.map((reading) => reading.survey());
  return surveys.sort((a, b) => a.span.from - b.span.from);
}

/** One file for each thing that was sent, over all its tracks. */
async function writeFiles(
  surveys: TrackSurvey[],
  {
    readChunk,
    signal,
    toleratesLoss,
    workFolder,
    zero,
    durationMs,
  }: FinishOptions & {
    zero: number;
    durationMs: number;
  },
) {
  const source = { readChunk, signal, toleratesLoss };
  const ofPresenter = (wanted: RecordedTrack['source']) =>
    sameCodec(surveys.filter(({ track }) => track.role === 'presenter' && track.source === wanted));
  const write = async (name: string, tracks: TrackSurvey[], kind: 'audio' | 'video'): Promise<string | null> => {
    if (tracks.length === 0) return null;
    const path = join(workFolder, `${name}.mkv`);
    await (kind === 'video' ? writeVideoFile : writeAudioFile)({ path, tracks, zero, durationMs, source });
    return path;
  };

  const camera = await write('camera', ofPresenter('camera'), 'video');
  const screens = ofPresenter('screen');
  const screenPath = await write('screen', screens, 'video');
  const onTimeLine = (spans: Span[]) => spans.map(({ from, to }) => ({ from: from - zero, to: to - zero }));
  const cameras = Map.groupBy(
    surveys.filter(({ track }) => track.role === 'receiver' && track.source === 'camera'),
    ({ track }) => track.roomId,
  );
  const rooms: Composition['rooms'] = [];
  for (const [index, all] of [...cameras.values()].entries()) {
    const tracks = sameCodec(all);
    const path = await write(`room-${index}`, tracks, 'video');
    const shown = onTimeLine(tracks.flatMap(({ seen }) => seen));
    if (path && shown.length > 0) rooms.push({ path, shown });
  }
  const audio: string[] = [];
  const voices = Map.groupBy(
    surveys.filter(({ track }) => track.kind === 'audio'),
    ({ track }) => `${track.role}-${track.roomId ?? ''}-${track.source}`,
  );
  for (const [index, tracks] of [...voices.values()].entries()) {
    const path = await write(`audio-${index}`, tracks, 'audio');
    if (path) audio.push(path);
  }
  const screen = screenPath === null ? null : { path: screenPath, shown: onTimeLine(screens.map(({ span }) => span)) };
  return { camera, screen, rooms, audio };
}

/** A file has one codec. A browser that came back with another is rare; the codec with the most of the lesson is kept. */
function sameCodec(surveys: TrackSurvey[]): TrackSurvey[] {
  const byCodec = [...Map.groupBy(surveys, ({ track }) => track.mimeType.toLowerCase()).values()];
  const lengthOf = (tracks: TrackSurvey[]) => tracks.reduce((sum, { span }) => sum + span.to - span.from, 0);
  return byCodec.sort((a, b) => lengthOf(b) - lengthOf(a))[0] ?? [];
}

/** The largest picture that was sent, within 1280×720, in even numbers of pixels as H.264 wants them. */
function canvasSize(pictures: TrackSurvey[]): { width: number; height: number } {
  const sizes = pictures.flatMap(({ size }) => (size ? [size] : []));
  const largest = sizes.sort((a, b) => b.width * b.height - a.width * a.height)[0];
  if (!largest) return { width: largestWidth, height: largestHeight };
  const shrink = Math.min(1, largestWidth / largest.width, largestHeight / largest.height);
  return { width: even(largest.width * shrink), height: even(largest.height * shrink) };
}
