/**
 * Who wakes the subscribers. The log is the truth and the bus only wakes: what it says is never stored, and a bus
 * that loses everything for an hour costs an hour of latency (less: subscribers also look by themselves), not an event.
 */

/**
 * One event. What `JSON.stringify` makes of it is the seed's envelope, `{event, order_id, timestamp, location_id, data}`.
 * It may be made only then, by a `toJSON`: buses that merely wake never look at it.
 */
export type Envelope = object;

export type BusKind = 'in_process' | 'postgres' | 'redis';

export interface EventBus {
  readonly kind: BusKind;
  /**
   * Says that these events were committed; to be called after COMMIT. Never throws and never waits: an announcement
   * that a bus cannot take now is dropped, because the subscribers find the events by themselves.
   */
  announce(events: readonly Envelope[]): void;
  /**
   * `wake` is called soon after any process announced something, and each time the bus is there again after an outage,
   * because nobody knows what was said meanwhile. Many announcements may be one call. Answers how to stop listening.
   */
  onWake(wake: () => void): () => void;
  /** Whether announcements get through now. */
  isUp(): boolean;
  /** Sends what it can still send, then lets go of its connections. Later calls do nothing. */
  close(): Promise<void>;
}
