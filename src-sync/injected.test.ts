/**
 * The engine takes time, chance and the network from outside: only so can a simulation be all of them, and a failing seed be
 * run again. Two files are the way out, and no other may become one.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const HERE = import.meta.dirname;
/** The real timer, and the real line. */
const WAYS_OUT = ['set-timer.ts', 'socket-link.ts'];
const AMBIENT =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\b(set|clear)(Timeout|Interval|Immediate)\b|\bperformance\.|\bfetch\(|\brandomUUID\b/;

test('nothing but the two ways out reaches for a clock, a timer, chance or the network', () => {
  const files = readdirSync(HERE, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('test-support/'),
    );
  const guilty = files.filter((name) => AMBIENT.test(readFileSync(path.join(HERE, name), 'utf8')));
  expect(guilty.toSorted()).toEqual(WAYS_OUT);
});
