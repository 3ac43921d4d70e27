import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunFfmpeg, runFfmpeg } from '../../media/finishing/program.ts';
import { EmptyRecordingError, finishRecording } from '../../media/index.ts';
import { makeRunFolder } from '../environment/folder.ts';
import { encodeLesson, type PlannedPacket } from './environment/lesson-packets.ts';
import { logLesson } from './environment/logged-lesson.ts';
import { probe } from './environment/watching.ts';

const signal = AbortSignal.timeout(120_000);
let folder: string;
let lesson: PlannedPacket[];
beforeAll(async () => {
  folder = await makeRunFolder();
  lesson = await encodeLesson(folder, 'vp8', 2);
});
afterAll(() => rm(folder, { recursive: true }));

/** `#` for every half second in which there is a picture in the lower right, `.` for those in which it is black. */
async function lightsOf(videoPath: string): Promise<string> {
  const corner = 'fps=2,crop=iw/8:ih/8:iw*0.8:ih*0.8,scale=1:1';
  const bytes = ['-v', 'error', '-i', videoPath, '-vf', corner, '-pix_fmt', 'gray', '-f', 'rawvideo', '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', bytes, { encoding: 'buffer' });
  return [...stdout].map((light) => (light > 24 ? '#' : '.')).join('');
}

describe('what is left of a lesson', () => {
  it('is nothing when it has no length', async () => {
    const single = lesson.filter(({ kind }) => kind === 'audio').slice(0, 1);
    const finishing = finishRecording({ ...logLesson(single), workFolder: join(folder, 'single'), signal });
    await expect(finishing).rejects.toThrow(EmptyRecordingError);
  });

  it.each([
    ['does not begin in the dark while the camera is on its way', 2_000, /^#+$/],
    ['is dark as long as there is no camera', 7_000, /^\.{13,14}#+$/],
  ])('%s', async (_what, firstAtMs, expected) => {
    // Every whole second has a key frame.
    const kept = (await encodeLesson(folder, 'vp8', 9)).filter(
      ({ kind, atMs }) => kind === 'audio' || atMs >= firstAtMs,
    );
    const { videoPath } = await finishRecording({
      ...logLesson(kept),
      ...{ workFolder: join(folder, `camera-after-${firstAtMs}`), signal },
    });
    expect(await lightsOf(videoPath)).toMatch(expected);
  });

  it('is without a room whose camera is paused, instead of with a picture of before', async () => {
    const pictures = (await encodeLesson(folder, 'vp8', 7)).filter(
      ({ kind, atMs }) => kind === 'video' && (atMs < 4_500 || atMs >= 6_000),
    );
    const { journal, readChunk } = logLesson(pictures);
    const { trackId, openedAt } = journal.tracks[0] ?? { trackId: '', openedAt: 0 };
    const pause = { type: 'producer', trackId, recordingId: journal.recordingId } as const;
    const { videoPath, posterPath, timeline } = await finishRecording({
      journal: {
        ...journal,
        tracks: journal.tracks.map((track) => ({ ...track, role: 'receiver', roomId: 'room' })),
        events: [
          { ...pause, at: openedAt + 2_000, paused: true },
          { ...pause, at: openedAt + 4_000, paused: false },
        ],
      },
      ...{ readChunk, workFolder: join(folder, 'paused'), signal },
    });
    expect(posterPath).toBeNull();
    expect(await lightsOf(videoPath)).toMatch(/^####?\.\.\.\.?####?/);
    expect(timeline.gaps).toMatchObject([{ track: 'camera', roomId: 'room' }]);
  });

  it('is its video, though the sound alone cannot be taken', async () => {
    const ffmpeg: RunFfmpeg = async (args, until) => {
      if (args.some((arg) => arg.endsWith('sound.mp4'))) throw new Error('no room');
      await runFfmpeg(args, until);
    };
    const failures: unknown[] = [];
    const { videoPath, soundPath } = await finishRecording({
      ...logLesson(lesson),
      ...{ workFolder: join(folder, 'silent'), signal, ffmpeg },
      onSoundFailed: (error) => failures.push(error),
    });
    expect(soundPath).toBeNull();
    expect(failures).toEqual([expect.any(Error)]);
    expect((await probe(videoPath)).streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
  });
});
