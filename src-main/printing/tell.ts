/** Tells somebody who must not stop the one who tells: a log that cannot be written, a window that is gone. */
export function tell(say: () => void): void {
  try {
    say();
  } catch {
    // There is nobody left to tell.
  }
}
