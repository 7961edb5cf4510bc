import { PrinterError, type PrinterErrorCode } from './printer-error.ts';
import type { PrinterLine } from './printer-line.ts';

/** More would only fill our memory: a printer sends single bytes. */
const LONGEST_BACKLOG = 4096;

/**
 * One conversation with a printer. Whatever goes wrong is kept as the one failure of the connection and
 * rejects whoever waits now or later, so a caller settles exactly once.
 */
export class PrinterConnection {
  /** Set by the caller when the first byte of the job leaves; errors carry it on. */
  jobStarted = false;
  readonly #line: PrinterLine;
  readonly #received: number[] = [];
  #failure: PrinterError | undefined;
  #ended = false;
  /** Lets go of the caller's signal, which may outlive many jobs. */
  readonly #over = new AbortController();
  #wake: () => void = () => undefined;

  private constructor(line: PrinterLine) {
    this.#line = line;
  }

  /** @throws {PrinterError} `unreachable`, `refused`, `cancelled` */
  static async open(
    line: PrinterLine,
    timeoutMilliseconds: number,
    signal: AbortSignal | undefined,
  ): Promise<PrinterConnection> {
    const connection = new PrinterConnection(line);
    const { stream } = line;
    let connected = false;
    stream.once(line.openEvent, () => {
      connected = true;
      connection.#wake();
    });
    stream.on('data', (bytes: Uint8Array) => connection.#take(bytes));
    stream.on('end', () => {
      connection.#ended = true;
      connection.#wake();
    });
    stream.on('error', (error) => connection.#fail(connected ? 'closed_early' : line.codeOf(error), error));
    stream.on('close', () => connection.#fail('closed_early'));
    signal?.addEventListener('abort', () => connection.#fail('cancelled', signal.reason), {
      signal: connection.#over.signal,
    });
    if (signal?.aborted === true) connection.#fail('cancelled', signal.reason);
    try {
      const inTime = await connection.#until(() => connected, timeoutMilliseconds);
      if (!inTime) connection.#fail('unreachable');
      connection.#throwFailure();
    } catch (error) {
      await connection.destroy();
      throw error;
    }
    return connection;
  }

  /**
   * Writes piece by piece; resolves when the kernel took the last one.
   * @throws {PrinterError} `stalled` when no piece leaves for `stallMilliseconds`, `closed_early`, `cancelled`
   */
  async write(bytes: Uint8Array, stallMilliseconds: number): Promise<void> {
    const piece = 1024;
    for (let offset = 0; offset < bytes.length; offset += piece) {
      let taken = false;
      this.#throwFailure();
      if (this.#ended) this.fail('closed_early');
      this.#line.stream.write(bytes.subarray(offset, offset + piece), () => {
        taken = true;
        this.#wake();
      });
      if (!(await this.#until(() => taken, stallMilliseconds))) this.fail('stalled');
    }
  }

  /**
   * The next received byte that fits; others stay for whom they fit. `undefined` after the time is over.
   * @throws {PrinterError} `closed_early`, `cancelled`
   */
  async next(fits: (byte: number) => boolean, milliseconds: number): Promise<number | undefined> {
    let index = -1;
    await this.#until(() => {
      index = this.#received.findIndex(fits);
      return index !== -1 || this.#ended;
    }, milliseconds);
    if (index === -1 && this.#ended) this.fail('closed_early');
    return index === -1 ? undefined : this.#received.splice(index, 1)[0];
  }

  /** Forgets what came so far: an answer to an earlier question must not pass for the next one's. */
  discardReceived(): void {
    this.#received.length = 0;
  }

  /** Closes our side and says whether the printer closed its own in time. */
  async closeAndAwaitPeer(milliseconds: number): Promise<boolean> {
    let sent = false;
    this.#line.finish(() => {
      sent = true;
      this.#wake();
    });
    const closed = () => this.#ended || !this.#line.canClose;
    return (await this.#until(() => sent && closed(), milliseconds)) && this.#ended;
  }

  /** Ends the conversation with an error of this code. */
  fail(code: PrinterErrorCode): never {
    this.#fail(code);
    throw this.#failure ?? new PrinterError(code, this.jobStarted);
  }

  async destroy(): Promise<void> {
    this.#over.abort();
    await this.#line.destroy();
  }

  #take(bytes: Uint8Array): void {
    this.#received.push(...bytes.subarray(0, LONGEST_BACKLOG - this.#received.length));
    this.#wake();
  }

  #fail(code: PrinterErrorCode, cause?: unknown): void {
    this.#failure ??= new PrinterError(code, this.jobStarted, cause);
    this.#wake();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits for a condition; false when the time ran out first. One caller waits at a time. */
  async #until(condition: () => boolean, milliseconds: number): Promise<boolean> {
    const state = () => condition() || this.#failure !== undefined;
    if (!state()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          if (!state()) return;
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = () => undefined;
    }
    if (condition()) return true;
    this.#throwFailure();
    return false;
  }
}
