/** The bus of a server that is one process: nothing leaves it. */
import { type Logger, SILENT } from '../logger.ts';
import type { EventBus } from './event-bus.ts';
import { createWakeListeners } from './wake-listeners.ts';

export function inProcessBus(logger: Logger = SILENT): EventBus {
  const listeners = createWakeListeners(logger);
  let closed = false;
  return {
    kind: 'in_process',
    announce(events) {
      if (!closed && events.length > 0) listeners.wakeSoon();
    },
    onWake: (wake) => (closed ? () => undefined : listeners.add(wake)),
    isUp: () => !closed,
    async close() {
      closed = true;
      listeners.clear();
    },
  };
}
