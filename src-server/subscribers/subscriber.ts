/** What reads the log forward and reacts to it. */
import type { LogTransaction } from '../log/event-log.ts';
import type { LoggedEvent } from '../log/log-reader.ts';

export interface Subscriber {
  /** The name under which its position is kept. It never changes: another name would begin anew. */
  readonly name: string;
  /** The events it is given. It passes the others by without their being read. */
  readonly types: readonly string[];
  /** Where it begins when it has no position yet: with all of history, or with what comes from now on. */
  readonly begins: 'with_history' | 'now';
  /**
   * Takes events of its types, at least one, in the order of the log. What it writes by `tx` commits together with its position: exactly once. What it
   * does outside happens at least once, and must not take long: the transaction is open.
   * A rejection rolls all of it back. Then the events come again one by one; one that is rejected alone is parked as a
   * dead letter and the others go on. An outage of the database parks nothing: it is tried again.
   */
  handle(tx: LogTransaction, events: readonly LoggedEvent[]): Promise<void>;
}
