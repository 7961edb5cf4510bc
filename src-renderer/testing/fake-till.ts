import type { Sound } from '../sound/sounds.ts';
import { type Till, createTill } from '../till/till.ts';
import { FakeTerminal } from './fake-terminal.ts';

export interface FakeTill {
  readonly till: Till;
  readonly terminal: FakeTerminal;
  readonly sounds: readonly Sound[];
  /** Resolves when every call so far has been answered and shown. */
  readonly settled: () => Promise<void>;
}

/** The state behind the screens on a fake terminal, signed in. */
export async function signedInTill(pin: '1111' | '2222' = '1111'): Promise<FakeTill> {
  const terminal = new FakeTerminal();
  const sounds: Sound[] = [];
  const till = createTill(terminal, { play: (sound) => sounds.push(sound) });
  till.start();
  // The fake answers within microtasks, which all run before the next task begins.
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
  await settled();
  till.session.pressPin(pin);
  await till.session.signIn();
  await settled();
  return { till, terminal, sounds, settled };
}
