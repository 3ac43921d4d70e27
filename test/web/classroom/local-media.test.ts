import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { type LocalDevice, useLocalDevice } from '../../../web/classroom/local-media.ts';

/** What a browser has of a camera that is open. */
class Track extends EventTarget {
  stopped = false;
  readonly deviceId: string;

  constructor(deviceId: string) {
    super();
    this.deviceId = deviceId;
  }
  getSettings = () => ({ deviceId: this.deviceId });
  stop(): void {
    this.stopped = true;
  }
}

/** A machine whose cameras are plugged in and pulled out, held by other programs and forbidden. */
class Machine extends EventTarget {
  plugged: string[] = ['built-in'];
  fault: string | null = null;
  opened: Track[] = [];
  permission = Object.assign(new EventTarget(), { state: 'granted' });
  /** Answers are held back until it is called. */
  hold: Promise<void> | null = null;

  enumerateDevices = async () => this.plugged.map((deviceId) => ({ kind: 'videoinput', deviceId, label: deviceId }));
  asked: (MediaTrackConstraints | undefined)[] = [];
  getUserMedia = async ({
    video,
    audio,
  }: {
    video?: { deviceId?: { ideal: string } };
    audio?: MediaTrackConstraints;
  }) => {
    this.asked.push(audio);
    const [fault, [first]] = [this.fault, this.plugged];
    const wanted = this.plugged.find((deviceId) => deviceId === video?.deviceId?.ideal) ?? first;
    await this.hold;
    if (fault) throw new DOMException('It cannot be opened.', fault);
    if (wanted === undefined) throw new DOMException('There is none.', 'NotFoundError');
    const track = new Track(wanted);
    this.opened.push(track);
    return { getTracks: () => [track] };
  };
  plug(...ids: string[]): void {
    this.plugged = ids;
    this.dispatchEvent(new Event('devicechange'));
  }
  end(): void {
    this.opened.at(-1)?.dispatchEvent(new Event('ended'));
  }
}

let machine: Machine;
let camera: LocalDevice;
let scope: ReturnType<typeof effectScope>;
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  machine = new Machine();
  const { permission } = machine;
  vi.stubGlobal('navigator', { mediaDevices: machine, permissions: { query: async () => permission } });
  scope = effectScope();
  scope.run(() => {
    camera = useLocalDevice('camera');
  });
});
afterEach(() => {
  scope.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a camera of this machine', () => {
  it('that is pulled out is said to come back, and does, in whichever order the browser tells', async () => {
    await camera.open();
    machine.plug();
    machine.end();
    await settled();
    expect(camera.state.value).toBe('lost');
    machine.plug('built-in');
    await settled();
    expect(camera.state.value).toBe('on');
    machine.plugged = [];
    machine.end();
    machine.plug();
    await settled();
    expect(camera.state.value).toBe('lost');
    machine.plug('built-in');
    await settled();
    expect(camera.track.value).toBe(machine.opened.at(-1));
  });

  it('is found though it was plugged in while the browser was still looking', async () => {
    machine.plugged = [];
    let answer: (() => void) | undefined;
    machine.hold = new Promise((resolve) => {
      answer = resolve;
    });
    const opened = camera.open();
    machine.plug('built-in');
    answer?.();
    await opened;
    await settled();
    expect(camera.state.value).toBe('on');
  });

  it('is opened once the other program has let go of it', async () => {
    machine.fault = 'NotReadableError';
    await camera.open();
    expect(camera.state.value).toBe('busy');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(camera.state.value).toBe('busy');
    machine.fault = null;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(camera.state.value).toBe('on');
  });

  it('is opened once it is allowed', async () => {
    await settled();
    machine.fault = 'NotAllowedError';
    machine.permission.state = 'denied';
    await camera.open();
    expect(camera.state.value).toBe('denied');
    machine.permission.dispatchEvent(new Event('change'));
    await settled();
    expect(camera.state.value).toBe('denied');
    machine.fault = null;
    machine.permission.state = 'granted';
    machine.permission.dispatchEvent(new Event('change'));
    await settled();
    expect(camera.state.value).toBe('on');
  });

  it('gives way to the one that was chosen when that is there again', async () => {
    machine.plugged = ['built-in', 'overhead'];
    camera.chosen.value = 'overhead';
    await camera.open();
    expect(machine.opened.at(-1)?.deviceId).toBe('overhead');
    machine.plug('built-in');
    machine.end();
    await settled();
    expect(camera.state.value).toBe('on');
    expect(machine.opened.at(-1)?.deviceId).toBe('built-in');
    machine.plug('built-in', 'overhead');
    await settled();
    expect(machine.opened.at(-1)?.deviceId).toBe('overhead');
    expect(machine.opened.at(-2)?.stopped).toBe(true);
  });

  it('is left as it is when it is on already, and changed when another is chosen', async () => {
    machine.plugged = ['built-in', 'on the ceiling'];
    await camera.open();
    const first = camera.track.value;
    await camera.open();
    expect(camera.track.value).toBe(first);
    expect(machine.opened).toHaveLength(1);
    camera.chosen.value = 'on the ceiling';
    await settled();
    expect(camera.track.value?.getSettings().deviceId).toBe('on the ceiling');
    expect(machine.opened.map(({ stopped }) => stopped)).toEqual([true, false]);
  });

  it('is left alone once it was closed', async () => {
    machine.fault = 'NotReadableError';
    await camera.open();
    camera.close();
    machine.fault = null;
    await vi.advanceTimersByTimeAsync(60_000);
    machine.plug('built-in');
    await settled();
    expect(camera.state.value).toBe('off');
    expect(machine.opened).toHaveLength(0);
  });
});

describe('a microphone of this machine', () => {
  it('asks for original sound when the lesson was made one of music meanwhile, and lets go of the other', async () => {
    const music = ref(false);
    const microphone = scope.run(() => useLocalDevice('microphone', () => music.value));
    await microphone?.open();
    music.value = true;
    await nextTick();
    await settled();
    expect(machine.asked.map((audio) => audio?.echoCancellation)).toEqual([true, false]);
    expect(machine.opened.map(({ stopped }) => stopped)).toEqual([true, false]);
    microphone?.close();
    music.value = false;
    await nextTick();
    expect(machine.asked).toHaveLength(2);
  });
});
