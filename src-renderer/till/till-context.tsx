import { type ReactNode, createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Keyboard } from '../scanning/keyboard.ts';
import type { View } from '../view/view.ts';
import type { Facts } from './facts.ts';
import type { Till } from './till.ts';

interface Provided {
  readonly till: Till;
  readonly keyboard: Keyboard;
}

const TillContext = createContext<Provided | null>(null);

export function TillProvider({ till, keyboard, children }: Provided & { readonly children: ReactNode }) {
  const provided = useMemo(() => ({ till, keyboard }), [till, keyboard]);
  return <TillContext value={provided}>{children}</TillContext>;
}

function useProvided(): Provided {
  const provided = useContext(TillContext);
  if (!provided) throw new Error('Used outside of TillProvider.');
  return provided;
}

export function useTill(): Till {
  return useProvided().till;
}

export function useKeyboard(): Keyboard {
  return useProvided().keyboard;
}

export function useFacts<Selected>(select: (facts: Facts) => Selected): Selected {
  return useStore(useTill().facts, select);
}

export function useView<Selected>(select: (view: View) => Selected): Selected {
  return useStore(useTill().view, select);
}
