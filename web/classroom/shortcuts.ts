import { onScopeDispose } from 'vue';

/** Key (KeyboardEvent.key, letters in lower case) → what it does, wherever the focus is, except while somebody types. */
export function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (target?.closest('input, select, textarea, [contenteditable]')) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
  addEventListener('keydown', pressed);
  onScopeDispose(() => removeEventListener('keydown', pressed));
}
