import { onScopeDispose } from 'vue';

type Actions = Readonly<Record<string, () => void>>;

/**
 * Key (KeyboardEvent.key, letters in lower case) → what it does, wherever the focus is, except while somebody types or is in a dialog.
 * @param held what is done again and again while the key is held down
 */
export function useShortcuts(once: Actions, held: Actions = {}): void {
  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (target?.closest('input, select, textarea, [contenteditable], dialog')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = held[key] ?? once[key];
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || held[key]) action();
  }
  addEventListener('keydown', pressed);
  onScopeDispose(() => removeEventListener('keydown', pressed));
}
