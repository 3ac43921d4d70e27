import type { types } from 'mediasoup-client';

/** What the bare router answers, by the path that is asked. */
export interface BareAnswers {
  capabilities: types.RtpCapabilities;
  open: types.TransportOptions;
  connect: Record<string, never>;
  openPlain: { id: string; port: number };
  produce: { id: string };
  consume: types.ConsumerOptions;
  resume: Record<string, never>;
}
