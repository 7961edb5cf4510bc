import type { ChangesPage, SnapshotOffer } from '../protocol/changes.ts';

/** What of the server is on the terminal's disk: catalogue, people, settings, and stock with its own movements on top. */
export interface Mirror {
  /** How far it is; null before the first snapshot is in. */
  cursor(): string | null;
  /**
   * Applies the page and moves the cursor to its `to`, in one transaction. Stock becomes the page's figure plus this
   * terminal's own movements behind `stock_through`.
   */
  applyPage(page: ChangesPage, at: string): void;
  /** How many bytes of this very file are on the disk; what lies there of another one is removed. */
  received(offer: SnapshotOffer): number;
  receive(offer: SnapshotOffer, bytes: Uint8Array): void;
  /**
   * Checks the file that is whole, reads it into tables beside those in use, in short transactions, and switches to them in
   * one transaction with the cursor. The terminal sells from the old ones until then.
   * @throws {SnapshotRefused} when the file is not what was offered, or no snapshot; it is removed, nothing has changed
   */
  install(offer: SnapshotOffer, options: InstallOptions): Promise<void>;
}

export interface InstallOptions {
  readonly at: string;
  readonly onProgress: (appliedRecords: number) => void;
  /** Ends the reading between two transactions; what was read so far is thrown away at the next one. */
  readonly signal: AbortSignal;
}

/** The file is not what the server said, or cannot be read: another one must be asked for. */
export class SnapshotRefused extends Error {
  readonly code = 'snapshot_refused';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SnapshotRefused';
  }
}
