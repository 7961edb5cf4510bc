/** A bus for tests in which nobody listens; it keeps what was announced. */
import type { EventBus } from '../bus/event-bus.ts';

export interface RecordingBus extends EventBus {
  /** The envelopes, as a bus would send them. */
  readonly announced: Readonly<Record<string, unknown>>[];
}

export function silentBus(): RecordingBus {
  const announced: Record<string, unknown>[] = [];
  return {
    kind: 'in_process',
    announced,
    announce(events) {
      announced.push(...(JSON.parse(JSON.stringify(events)) as Record<string, unknown>[]));
    },
    onWake: () => () => undefined,
    isUp: () => true,
    close: () => Promise.resolve(),
  };
}
