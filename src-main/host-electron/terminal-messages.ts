/** What the main process and the terminal's process say to each other. Both ends are ours: types suffice. */
import type { CallOutcome } from '../api/client.ts';
import type { MovedDevices } from '../store/settings-store.ts';

export interface OpenTerminalRequest {
  /** Data folder of a till that was set up. */
  readonly folder: string;
  /** Where server and printer are this time, when not where the settings say. */
  readonly moved: MovedDevices;
  /** File that the log is appended to; null for stderr. */
  readonly logFile: string | null;
}

/** Why the terminal's process cannot run: as on a command line, a code and a sentence for a person. */
export interface StartRefusal {
  readonly code: string;
  readonly message: string;
}

export type ToTerminal =
  | ({ readonly kind: 'open' } & OpenTerminalRequest)
  /** Name and request come from a web page: anything. The terminal's dispatch judges them. */
  | { readonly kind: 'call'; readonly id: number; readonly name: unknown; readonly request: unknown }
  | { readonly kind: 'close' };

export type FromTerminal =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'refused' } & StartRefusal)
  | { readonly kind: 'answer'; readonly id: number; readonly outcome: CallOutcome }
  | { readonly kind: 'push'; readonly name: string; readonly body: unknown };
