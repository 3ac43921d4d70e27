const LOOK_EVERY_MS = 500;

/** Measures again and again, and tells once when it is more than it may be. @returns what ends the watch */
export function watch(measure: () => Promise<number>, most: number, tell: () => void): () => void {
  let isOver = false;
  const look = async () => {
    const found = await measure();
    if (isOver) return;
    if (found > most) tell();
    else timer = setTimeout(again, LOOK_EVERY_MS);
  };
  // What cannot be measured is not let grow.
  const again = () => void look().catch(tell);
  let timer = setTimeout(again, LOOK_EVERY_MS);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
