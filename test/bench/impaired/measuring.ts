/** What the room's page notes of itself while it is watched. Instants are Date.now()'s: all pages are on one machine. */
export interface Notes {
  /** Each frame of the presenter's picture that was drawn. */
  frames: { at: number; height: number }[];
  /** Of the sound, added up over all connections: samples that were played, and those that were made up to hide loss. */
  sound: { at: number; played: number; concealed: number }[];
  /** Each step of the ladder that the page was on. */
  rungs: { at: number; rung: string }[];
  /** When another page of the slides came on screen. */
  slides: { at: number; address: string }[];
  /** How the media travels now. */
  path: string | null;
}

declare global {
  interface Window {
    notes?: Notes;
    /** When the page asked to join, by Date.now(). */
    askedToJoin?(): number | null;
  }
}

/** Runs in the page before its own scripts. It may use nothing from outside of itself. */
export function takeNotes(): void {
  const notes: Notes = { frames: [], sound: [], rungs: [], slides: [], path: null };
  window.notes = notes;
  window.askedToJoin = () => {
    const asked = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/join'));
    return asked ? performance.timeOrigin + asked.startTime : null;
  };

  document.addEventListener(
    'loadedmetadata',
    ({ target }) => {
      // Not the room's own camera, nor other rooms on stage.
      if (!(target instanceof HTMLVideoElement) || !target.closest('[data-lesson]')) return;
      if (target.closest('[data-stage]')) return;
      const drawn: VideoFrameRequestCallback = (_now, { height }) => {
        notes.frames.push({ at: Date.now(), height });
        if (target.isConnected) target.requestVideoFrameCallback(drawn);
      };
      target.requestVideoFrameCallback(drawn);
    },
    true,
  );

  const connections: RTCPeerConnection[] = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
  const before = new Map<string, { played: number; concealed: number }>();
  const total = { played: 0, concealed: 0 };
  async function listen(): Promise<void> {
    for (const [index, connection] of connections.entries()) {
      if (connection.connectionState === 'closed') continue;
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type === 'candidate-pair' && stat.nominated && stat.state === 'succeeded') {
          const local = (await connection.getStats()).get(stat.localCandidateId);
          if (local) notes.path = `${local.candidateType}/${local.relayProtocol ?? local.protocol}`;
        }
        if (stat.type !== 'inbound-rtp' || stat.kind !== 'audio') continue;
        const key = `${index} ${stat.id}`;
        const last = before.get(key) ?? { played: 0, concealed: 0 };
        const now = { played: stat.totalSamplesReceived ?? 0, concealed: stat.concealedSamples ?? 0 };
        total.played += now.played - last.played;
        total.concealed += now.concealed - last.concealed;
        before.set(key, now);
      }
    }
    notes.sound.push({ at: Date.now(), ...total });
  }

  let rung = '';
  let slide = '';
  function look(): void {
    const nowOn = document.querySelector('[data-rung]')?.getAttribute('data-rung') ?? '';
    if (nowOn !== rung) {
      rung = nowOn;
      notes.rungs.push({ at: Date.now(), rung });
    }
    const image = document.querySelector<HTMLImageElement>('[data-lesson] .slide img');
    if (image?.complete && image.src !== slide) {
      slide = image.src;
      notes.slides.push({ at: Date.now(), address: slide });
    }
  }
  setInterval(look, 50);
  setInterval(() => void listen().catch(() => undefined), 250);
}
