/**
 * How long a subscriber with a backlog rests between two pages. Whoever makes the backlog, mostly a till that was offline, waits
 * for the same processor and the same database; its sales are safe only when it is answered, and what follows them can wait.
 */

/** Of the time of a page, when nobody waits. */
const REST_SHARE = 2;
const LONGEST_REST_MS = 200;
/** While tills wait for the database. */
const BUSY_REST_MS = 1_000;
/** Who has been behind for so long goes on all the same: in a large shop some till is always sending. */
const PATIENCE_MS = 30_000;

export interface BacklogRest {
  /** Milliseconds, after a full page that took so many. */
  after(pageMs: number): number;
  /** The end of the log is reached. */
  caughtUp(): void;
}

/** @param now milliseconds of a clock that only goes forward */
export function backlogRest(isBusy: () => boolean, now: () => number): BacklogRest {
  let behindSince: number | undefined;
  return {
    after(pageMs) {
      behindSince ??= now();
      return isBusy() && now() - behindSince < PATIENCE_MS
        ? BUSY_REST_MS
        : Math.min(REST_SHARE * pageMs, LONGEST_REST_MS);
    },
    caughtUp() {
      behindSince = undefined;
    },
  };
}
