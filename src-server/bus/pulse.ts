/**
 * How a connection that only waits finds out that there is nobody at the other end any more. A firewall that forgot a
 * silent connection, or a machine that lost its power, tells nobody: only a question without an answer shows it.
 */
export interface Pulse {
  readonly askEveryMs: number;
  readonly answerWithinMs: number;
}

export const USUAL_PULSE: Pulse = { askEveryMs: 15_000, answerWithinMs: 5_000 };
