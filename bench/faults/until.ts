import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 2;

/** Resolves soon after `holds` does. @throws {Error} that names what was waited for */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}
