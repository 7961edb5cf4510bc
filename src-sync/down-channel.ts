import type { DownStatus } from './engine-status.ts';
import type { SyncLink } from './sync-link.ts';

/** What the engine, which owns the line, tells of it to whoever brings the changes down. */
export interface DownChannel {
  /** The line is open, hello is answered and this terminal is welcome: from now on it may be asked. */
  lineOpened(link: SyncLink): void;
  /** That line is gone; what it still answers must change nothing. Also told before a line was ever open. */
  lineLost(): void;
  changesAvailable(): void;
  status(): DownStatus;
  stop(): void;
}

/** What it tells the engine. */
export interface DownChannelListeners {
  readonly onStatus: () => void;
  /** The server broke the protocol or stayed silent: the engine drops the line and comes back. */
  readonly onLineUseless: (reason: string) => void;
}
