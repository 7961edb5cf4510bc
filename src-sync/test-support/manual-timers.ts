export interface ManualTimers {
  readonly set: (work: () => void, ms: number) => () => void;
  /** Delays of the timers that are waiting. */
  delays(): number[];
  /** Runs what waits, in the order it was set. */
  fire(): void;
}

export function manualTimers(): ManualTimers {
  let waiting: { readonly work: () => void; readonly ms: number }[] = [];
  return {
    set(work, ms) {
      const entry = { work, ms };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    delays: () => waiting.map(({ ms }) => ms),
    fire() {
      const due = waiting;
      waiting = [];
      for (const { work } of due) work();
    },
  };
}

/** Lets every promise that can go on go on. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
