/** What reads the log forward and reacts to it. */
import type { LogTransaction } from '../log/event-log.ts';
import type { LogRange } from '../log/log-reader.ts';

export interface Subscriber {
  /** The name under which its position is kept. It never changes: another name would begin anew. */
  readonly name: string;
  /** Where it begins when it has no position yet: with all of history, or with what comes from now on. */
  readonly begins: 'with_history' | 'now';
  /** Events that it takes at once, at most; default 500. */
  readonly page?: number;
  /** It never rests behind a backlog: people wait for what it tells, and its pages cost little. Default false. */
  readonly isPrompt?: boolean;
  /**
   * Takes the events of a range of the log, in their order; it reads those it needs by itself. What it writes by `tx`
   * commits together with its position: exactly once. What it does outside happens at least once, and must not take long:
   * the transaction is open.
   * A rejection rolls all of it back. Then the events come again one by one; one that is rejected alone is parked as a
   * dead letter and the others go on. An outage of the database parks nothing: it is tried again.
   */
  handle(tx: LogTransaction, range: LogRange): Promise<void>;
}
