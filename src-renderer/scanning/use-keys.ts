import { useEffect, useEffectEvent } from 'react';

/** What a key does; returning false leaves the key to the browser. */
export type KeyActions = Readonly<Record<string, ((event: KeyboardEvent) => boolean | void) | undefined>>;

/** Keys that go on while they are held down. All others count once: a finger resting on Enter must not pay. */
const REPEATABLE = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Backspace', '+', '-']);

/** Acts on keys that type nothing, while this component is on the screen. A focused button keeps its own Enter. */
export function useKeys(actions: KeyActions): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const action = actions[event.key];
    if (!action) return;
    if (event.key === 'Enter' && focusedButtonWantsEnter()) return;
    if (event.repeat && !REPEATABLE.has(event.key)) {
      event.preventDefault();
      return;
    }
    if (action(event) !== false) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => handle(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

/** A tab is chosen by having the focus; Enter on it belongs to what the tab shows. */
function focusedButtonWantsEnter(): boolean {
  const focused = document.activeElement;
  return focused instanceof HTMLButtonElement && focused.role !== 'tab';
}
