import { type KeyboardEvent, useEffect, useRef } from 'react';

/** Arrow keys walk over the buttons of a list; the first one has the focus when the list comes up. */
export function useListArrows<Element extends HTMLElement>(filled: boolean) {
  const list = useRef<Element>(null);
  useEffect(() => {
    if (filled) buttonsOf(list.current)[0]?.focus({ preventScroll: true });
  }, [filled]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const buttons = buttonsOf(list.current);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)];
    if (!next) return;
    next.focus();
    event.preventDefault();
  };
  return { ref: list, onKeyDown };
}

function buttonsOf(list: HTMLElement | null): HTMLButtonElement[] {
  return list ? [...list.querySelectorAll('button')].filter((button) => !button.disabled) : [];
}
