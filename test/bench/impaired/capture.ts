import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Capture } from '../../e2e/environment/chromium.ts';

const run = promisify(execFile);

/**
 * What presenter's camera and microphone deliver: a moving picture with as many frames as a camera sends, and something
 * like a voice that never pauses, so that every gap is one of the line.
 */
export async function makeCapture(folder: string): Promise<Capture> {
  const [video, audio] = [join(folder, 'presenter.y4m'), join(folder, 'presenter.wav')];
  const voice =
    "aevalsrc='(0.2+0.25*abs(sin(2*PI*2.1*t)))*(sin(2*PI*(180+60*sin(2*PI*0.7*t))*t)+0.5*sin(2*PI*(520+90*sin(2*PI*1.3*t))*t)+0.25*sin(2*PI*1900*t)*sin(2*PI*5*t))':s=48000:d=10";
  const ffmpeg = (...args: string[]) => run('ffmpeg', ['-v', 'error', '-y', ...args], { timeout: 60_000 });
  await Promise.all([
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=20:duration=8', '-pix_fmt', 'yuv420p', video),
    ffmpeg('-f', 'lavfi', '-i', voice, '-c:a', 'pcm_s16le', audio),
  ]);
  return { video, audio };
}
