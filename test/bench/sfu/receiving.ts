/** What the bench asks its receivers, and what they answer. They are a process of their own: their cost is not the SFU's. */
export interface Receiving {
  /** Sockets for plain RTP. @returns their ports */
  listen(asked: { count: number }): Promise<number[]>;
  /** A WebRTC client. @returns its answer to the SFU's offer */
  accept(asked: { offer: string; address: string }): Promise<string>;
  /** Waits until every WebRTC client is connected. @returns their ports */
  connected(): Promise<number[]>;
  /** From now on is counted. */
  mark(): Promise<void>;
  /** Since the mark. */
  count(): Promise<Received>;
}

export interface Received {
  /** Of RTP, decrypted. */
  bytes: number;
  packets: number;
  /** By the gaps in the sequence numbers. */
  lost: number;
  /** Streams of which anything came. */
  flowing: number;
}

export type Question = { id: number; method: keyof Receiving; asked: never };
export type Answer = { id: number; answer: unknown } | { id: number; error: string };
