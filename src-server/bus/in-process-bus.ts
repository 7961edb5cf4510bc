/** The bus of one process: its own subscribers, woken after the call that announces is over. */
import type { EventBus } from './event-bus.ts';

export function inProcessBus(): EventBus {
  const wakes = new Set<() => void>();
  return {
    kind: 'in_process',
    announce() {
      for (const wake of wakes) setImmediate(wake);
    },
    onWake(wake) {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    isUp: () => true,
    close() {
      wakes.clear();
      return Promise.resolve();
    },
  };
}
