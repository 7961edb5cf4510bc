/** Runs a piece of work at most once at a time. What is asked for while it runs becomes one more run. */
export interface OneAtATime {
  /** Starts it now, or once more when the running one has ended. */
  request(): void;
  /** Resolves when nothing runs and nothing is due. */
  idle(): Promise<void>;
}

/** `work` deals with its own errors and never rejects. */
export function oneAtATime(work: () => Promise<void>): OneAtATime {
  let running: Promise<void> | undefined;
  let again = false;

  async function run(): Promise<void> {
    do {
      again = false;
      await work();
    } while (again);
    running = undefined;
  }

  return {
    request() {
      again = true;
      // In a microtask: what is announced in one go also leaves in one go.
      running ??= Promise.resolve().then(run);
    },
    async idle() {
      await running;
    },
  };
}
