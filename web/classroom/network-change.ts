/** Of the Network Information API, what says by which network this machine is connected; desktops leave it out. */
interface NetworkInformation extends EventTarget {
  type?: string;
}

/** Calls `changed` when the browser says that the network is another one, or is back. @returns what ends it */
export function onNetworkChange(changed: () => void): () => void {
  const information = (globalThis.navigator as (Navigator & { connection?: NetworkInformation }) | undefined)
    ?.connection;
  let type = information?.type;
  // The event also tells of new guesses at the speed, which are no news here.
  const perhaps = (): void => {
    if (information?.type === type) return;
    type = information?.type;
    changed();
  };
  globalThis.addEventListener?.('online', changed);
  information?.addEventListener?.('change', perhaps);
  return () => {
    globalThis.removeEventListener?.('online', changed);
    information?.removeEventListener?.('change', perhaps);
  };
}
