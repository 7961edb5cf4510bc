/** A selling till under `strace`: what it asked of the disk between a tender and its answer. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Where `strace` is installed and may trace: a container may forbid it. */
export const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;

export interface TracedSale {
  /** Calls of fsync and fdatasync on the write-ahead log behind the tender and before the answer. */
  readonly syncs: number;
}

/** @param trace a file for what strace writes */
export function traceSales(options: {
  readonly folder: string;
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly sales: number;
  readonly trace: string;
}): readonly TracedSale[] {
  const { folder, synchronous, sales, trace } = options;
  const script = path.join(import.meta.dirname, 'sell-until-killed.ts');
  const { error } = spawnSync(
    'strace',
    // -y: descriptors with their files.
    [
      '-f',
      '-y',
      '-e',
      'trace=fsync,fdatasync,write',
      '-o',
      trace,
      process.execPath,
      script,
      folder,
      synchronous,
      String(sales),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (error) throw error;
  return readTrace(readFileSync(trace, 'utf8'));
}

const SYNC = /^\d+ +f(?:data)?sync\(\d+<[^>]*-wal>/;
const SAID = /^\d+ +write\(1<[^>]*>, "\{\\"(tendered|sold)\\"/;

/** Only the till's own thread says something, and only what it asked itself lies between two of its words. */
function readTrace(text: string): readonly TracedSale[] {
  const lines = text.split('\n');
  const teller = lines.find((line) => SAID.test(line))?.split(' ')[0];
  const sales: TracedSale[] = [];
  let syncs = 0;
  for (const line of lines) {
    if (line.split(' ')[0] !== teller) continue;
    if (SYNC.test(line)) syncs += 1;
    const said = SAID.exec(line)?.[1];
    if (said === 'tendered') syncs = 0;
    if (said === 'sold') sales.push({ syncs });
  }
  return sales;
}
