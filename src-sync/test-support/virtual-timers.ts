import type { SetTimer } from '../set-timer.ts';

interface Timer {
  readonly work: () => void;
  readonly due: number;
}

/** Timers and the clock that they run on. Time passes when the test says so. */
export class VirtualTimers {
  private now: number;
  private waiting: Timer[] = [];

  constructor(start: Date) {
    this.now = start.getTime();
  }

  readonly date = (): Date => new Date(this.now);

  readonly set: SetTimer = (work, ms) => {
    const timer = { work, due: this.now + ms };
    this.waiting.push(timer);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== timer);
    };
  };

  /** Goes to the next timer that is due, and lets it run. False when none waits. */
  runNext(): boolean {
    const [next] = this.waiting.toSorted((a, b) => a.due - b.due);
    if (next === undefined) return false;
    this.pass(Math.max(0, next.due - this.now));
    return true;
  }

  pass(ms: number): void {
    this.now += ms;
    const due = this.waiting.filter((timer) => timer.due <= this.now).toSorted((a, b) => a.due - b.due);
    this.waiting = this.waiting.filter((timer) => timer.due > this.now);
    for (const { work } of due) work();
  }
}
