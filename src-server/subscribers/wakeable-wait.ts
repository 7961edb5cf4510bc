/** A wait that can be cut short, and that remembers a call which came before it began. */
export interface WakeableWait {
  /** Cuts the wait short, or the next one. */
  readonly wake: () => void;
  /** Forgets earlier calls: to be called before looking, so that a call during the look counts. */
  reset(): void;
  /** Sleeps, whoever calls. */
  sleep(ms: number): Promise<void>;
  /** Sleeps until woken; not at all when woken since the reset. */
  sleepUnlessWoken(ms: number): Promise<void>;
  /** Ends all waits, now and from now on. */
  end(): void;
  hasEnded(): boolean;
}

export function wakeableWait(): WakeableWait {
  let woken = false;
  let ended = false;
  let wakeSleeper: (() => void) | undefined;
  let endSleeper: (() => void) | undefined;

  function sleepFor(ms: number, remember: (finish: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        wakeSleeper = undefined;
        endSleeper = undefined;
        resolve();
      };
      const timer = setTimeout(finish, ms);
      endSleeper = finish;
      remember(finish);
    });
  }

  return {
    wake: () => {
      woken = true;
      wakeSleeper?.();
    },
    reset() {
      woken = false;
    },
    async sleep(ms) {
      if (!ended) await sleepFor(ms, () => undefined);
    },
    async sleepUnlessWoken(ms) {
      if (ended || woken) return;
      await sleepFor(ms, (finish) => {
        wakeSleeper = finish;
      });
    },
    end() {
      ended = true;
      endSleeper?.();
    },
    hasEnded: () => ended,
  };
}
