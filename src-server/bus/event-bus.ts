/**
 * Who wakes the subscribers. The log is the truth and the bus only wakes: what it says is never stored, and a bus
 * that loses everything for an hour costs an hour of latency (less: subscribers also look by themselves), not an event.
 */
import type { JsonValue } from '#domain/events/canonical-json.ts';

/** The seed's envelope of one event: `{event, order_id, timestamp, location_id, data}`. */
export type Envelope = Readonly<Record<string, JsonValue>>;

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
