import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Topic } from '../content/topics.ts';
import { inFolder, type PictureText, png } from './pictures.ts';

const run = promisify(execFile);
const ffmpeg = (args: readonly string[]) => run('ffmpeg', ['-v', 'error', '-y', ...args], { timeout: 120_000 });

/** Four notes, one a second, as the sound under a demonstration. Frequencies in hertz. */
const melody = 'aevalsrc=0.15*sin(2*PI*t*(262+66*mod(floor(t)\\,4))):s=48000';

/** A microlecture: one picture a step, about `secondsEach` seconds long each, with a soft melody. */
export async function microLectureMp4(topic: Topic, secondsEach = 9): Promise<Buffer> {
  const pictures: PictureText[] = [
    { title: topic.title, lines: [topic.place.slice(1, 5).join(' · ')], paper: '#155842', ink: '#ffffff' },
    ...topic.steps.map(([name, text]) => ({
      title: name,
      lines: text.split(/(?<=[。；？])/),
      paper: '#faf9f5',
      ink: '#1c2b2a',
    })),
  ];
  return inFolder(async (folder) => {
    await Promise.all(pictures.map(async (text, index) => writeFile(join(folder, `${index}.png`), await png(text))));
    const out = join(folder, 'out.mp4');
    await ffmpeg([
      ...['-framerate', `1/${secondsEach}`, '-i', join(folder, '%d.png')],
      ...['-f', 'lavfi', '-i', melody, '-shortest'],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-tune',
        'stillimage',
        '-r',
        '12',
        '-g',
        '48',
        '-pix_fmt',
        'yuv420p',
      ],
      ...['-c:a', 'aac', '-b:a', '64k', '-ac', '1', '-movflags', '+faststart', out],
    ]);
    return readFile(out);
  });
}

/** A listening exercise: the melody as MP3. */
export async function melodyMp3(seconds: number, title: string): Promise<Buffer> {
  return inFolder(async (folder) => {
    const out = join(folder, 'out.mp3');
    await ffmpeg(['-f', 'lavfi', '-i', melody, '-t', `${seconds}`, '-b:a', '96k', '-metadata', `title=${title}`, out]);
    return readFile(out);
  });
}
