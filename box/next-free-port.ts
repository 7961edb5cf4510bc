import { createServer } from 'node:net';

const MOST_TRIES = 50;

/** Calls `start` with `first`, and with the next port each time one is taken. */
export async function onNextFreePort<Result>(
  first: number,
  start: (port: number) => Promise<Result>,
  isTaken: (error: unknown) => boolean,
): Promise<Result> {
  for (let port = first; ; port += 1) {
    try {
      return await start(port);
    } catch (error) {
      if (!isTaken(error) || port - first >= MOST_TRIES) throw error;
    }
  }
}

/** A port that is free now: the kernel's choice, for tests that must know it before the service starts. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('The kernel gave no port');
  return address.port;
}
