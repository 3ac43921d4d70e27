/** What a scanner says of some bytes. */
export type Verdict =
  | { kind: 'clean' }
  | { kind: 'infected'; signature: string }
  /** More than it takes. */
  | { kind: 'oversized' };

/** Looks for viruses; another program, which may be away. */
export interface VirusScanner {
  /** Where it is, for operators. */
  address: string;
  /** @throws ScannerAway */
  ping(signal?: AbortSignal): Promise<void>;
  /** `open` begins the content; it may be asked to do so again. @throws ScannerAway, ScannerRefusal */
  scan(open: () => AsyncIterable<Buffer>, signal: AbortSignal): Promise<Verdict>;
}

/** Nothing is known of the bytes, because it does not answer. */
export class ScannerAway extends Error {
  override readonly name = 'ScannerAway';
}

/** It answers that it cannot say: its disk is full, or it stumbles over these bytes each time. */
export class ScannerRefusal extends Error {
  override readonly name = 'ScannerRefusal';
}

/** Before its verdict a file is given to nobody, so it waits, however often it has to be tried; `cause` is what is in the way. */
export class VerdictPending extends Error {
  override readonly name = 'VerdictPending';

  constructor(cause: unknown) {
    super('The file has no verdict of the virus scanner yet.', { cause });
  }
}
