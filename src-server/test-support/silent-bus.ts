/** A bus for tests in which nobody listens; it keeps what was announced. */
import type { Envelope, EventBus } from '../bus/event-bus.ts';

export interface RecordingBus extends EventBus {
  readonly announced: Envelope[];
}

export function silentBus(): RecordingBus {
  const announced: Envelope[] = [];
  return {
    kind: 'in_process',
    announced,
    announce(events) {
      announced.push(...events);
    },
    onWake: () => () => undefined,
    isUp: () => true,
    close: () => Promise.resolve(),
  };
}
