/**
 * Child script: a till that sells, and syncs both ways, until it is killed. It says each order that is committed, and each step
 * of the sync, so that the kill can be aimed. Argument: the options of a till on a line, as JSON.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DownStatus } from '#sync/engine-status.ts';
import { type TillOnLineOptions, openTillOnLine } from './till-on-line.ts';

const SELL_EVERY_MS = 25;

const till = openTillOnLine({
  ...(JSON.parse(process.argv[2] ?? '') as TillOnLineOptions),
  onStatus: ({ up, down }) => say({ acked: up.ackedThrough, down: stageOf(down) }),
});

/** Finer than the status: whether it has begun to install, and whether a first page is in already. */
function stageOf({ state, snapshot, appliedAt }: DownStatus): string {
  if ((snapshot?.appliedRecords ?? 0) > 0) return 'installing';
  return state === 'pulling' && appliedAt !== null ? 'pulling on' : state;
}

/** Written before the next instruction: what a reader has seen was said. */
function say(line: unknown): void {
  writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`);
}

for (;;) {
  for (const order of till.sell(1)) say({ sold: order });
  await sleep(SELL_EVERY_MS);
}
