import type { Duplex } from 'node:stream';
import type { PrinterErrorCode } from './printer-error.ts';

/** A wire to a printer that is being opened: what differs between TCP and serial, and no more. */
export interface PrinterLine {
  readonly stream: Duplex;
  /** The event by which the stream says that it is open. */
  readonly openEvent: 'connect' | 'open';
  /** What an error before that event means. */
  codeOf(error: Error): PrinterErrorCode;
  /** Sends what is left, closes our side where the wire knows sides, and calls back. */
  finish(done: () => void): void;
  /** Whether the peer can close its side, and so say that it took everything. */
  readonly canClose: boolean;
  /** Lets go of the wire; resolves when another job may open it. */
  destroy(): Promise<void>;
}
