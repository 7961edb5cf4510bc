/** Why nothing, or not all, came out of the printer. */
export type PrinterErrorCode =
  /** No connection: wrong address, cable, power. */
  | 'unreachable'
  /** The device is there and takes no connection: another till prints, or it is no printer. */
  | 'refused'
  /** Connected, but it says nothing or takes nothing any more. */
  | 'stalled'
  /** It hung up before the job was through. */
  | 'closed_early'
  | 'paper_out'
  | 'cover_open'
  /** It says of itself that it is offline: feed button held, or paused. */
  | 'offline'
  /** Cutter or head error, which somebody must clear. */
  | 'fault'
  /** The caller's signal. */
  | 'cancelled';

/** `soon`: trying again may help by itself. `after_attention`: only once a person has been there. */
export type RetryHint = 'soon' | 'after_attention' | 'when_asked';

const SENTENCES: Readonly<Record<PrinterErrorCode, readonly [sentence: string, retry: RetryHint]>> = {
  unreachable: ['The printer cannot be reached. Check its power and its network cable.', 'soon'],
  refused: ['The printer takes no connection just now. Another till may be printing.', 'soon'],
  stalled: ['The printer is connected but does not answer. Switch it off and on again.', 'soon'],
  closed_early: ['The printer hung up before the receipt was complete.', 'soon'],
  paper_out: ['The printer is out of paper.', 'after_attention'],
  cover_open: ['The cover of the printer is open.', 'after_attention'],
  offline: ['The printer is paused or offline.', 'soon'],
  fault: [
    'The printer reports a fault. Open its cover, look for a paper jam and close it again.',
    'after_attention',
  ],
  cancelled: ['Printing was cancelled.', 'when_asked'],
};

/** The message is the sentence for the cashier. */
export class PrinterError extends Error {
  override readonly name = 'PrinterError';
  readonly code: PrinterErrorCode;
  readonly retry: RetryHint;
  /**
   * Whether any byte of the job had left for the printer. If so, part or all of it may lie on the counter, or
   * may still come out when paper is put in, and a retry may give a second one.
   */
  readonly mayHavePrinted: boolean;

  constructor(code: PrinterErrorCode, mayHavePrinted: boolean, cause?: unknown) {
    const [sentence, retry] = SENTENCES[code];
    super(sentence, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = retry;
    this.mayHavePrinted = mayHavePrinted;
  }
}
