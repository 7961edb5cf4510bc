import { useEffect, useEffectEvent } from 'react';
import { useKeyboard } from '../till/till-context.tsx';
import type { TypingReceiver } from './keyboard.ts';

/** Takes the characters that are typed while this component is on the screen. */
export function useTyping(receiver: TypingReceiver): void {
  const keyboard = useKeyboard();
  const receive = useEffectEvent(receiver);
  useEffect(() => keyboard.receive((character) => receive(character)), [keyboard]);
}
