import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { PAGE_BYTES, tearFile } from './torn-pages.ts';
import type { FileChange } from './unsynced-journal.ts';

/** A file in memory that notes its changes as the layer does. */
function notingFile(start: Buffer) {
  let bytes = start;
  const changes: FileChange[] = [];
  const states = [start];
  const note = (kind: FileChange['kind'], from: number, end: number) => {
    const offset = Math.floor(from / PAGE_BYTES) * PAGE_BYTES;
    const reach = kind === 'write' ? Math.ceil(end / PAGE_BYTES) * PAGE_BYTES : bytes.length;
    changes.push({ kind, inode: 1n, offset, old: bytes.subarray(offset, reach), size: bytes.length, end });
  };
  const resized = (size: number): Buffer => {
    const next = Buffer.alloc(size);
    bytes.copy(next);
    return next;
  };
  return {
    changes,
    /** After each change; the first is as it was synced. */
    states,
    write(at: number, length: number, value: number) {
      note('write', at, at + length);
      bytes = resized(Math.max(bytes.length, at + length));
      bytes.fill(value, at, at + length);
      states.push(bytes);
    },
    truncate(size: number) {
      note('truncate', Math.min(size, bytes.length), size);
      bytes = resized(size);
      states.push(bytes);
    },
  };
}

const change = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      at: fc.nat({ max: 4 * PAGE_BYTES }),
      length: fc.integer({ min: 1, max: 2 * PAGE_BYTES }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('truncate' as const), size: fc.nat({ max: 5 * PAGE_BYTES }) }),
  },
);

test('each page of a torn file is as it was at some time since the sync, or empty', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 3 * PAGE_BYTES }),
      fc.array(change, { maxLength: 8 }),
      fc.nat(),
      (size, steps, seed) => {
        const file = notingFile(Buffer.alloc(size, 1));
        steps.forEach((step, index) => {
          if (step.kind === 'write') file.write(step.at, step.length, index + 2);
          else file.truncate(step.size);
        });
        const torn = tearFile(file.states.at(-1) ?? Buffer.alloc(0), file.changes, seededRandom(seed));
        const lengths = file.states.map((state) => state.length);
        expect(torn.length).toBeLessThanOrEqual(Math.max(...lengths));
        for (let at = 0; at < torn.length; at += PAGE_BYTES) {
          const page = padded(torn, at);
          const known = [Buffer.alloc(PAGE_BYTES), ...file.states.map((state) => padded(state, at))];
          // A page may have lost its end to the file's length.
          const length = Math.min(PAGE_BYTES, torn.length - at);
          expect(
            known.some((version) => version.subarray(0, length).equals(page.subarray(0, length))),
            `page at ${at}`,
          ).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a file without changes is as it is', () => {
  const bytes = Buffer.alloc(5_000, 7);
  expect(tearFile(bytes, [], seededRandom(1))).toEqual(bytes);
});

test('chance loses all, some and none of two pages', () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 40; seed += 1) {
    const file = notingFile(Buffer.alloc(2 * PAGE_BYTES, 1));
    file.write(0, PAGE_BYTES, 2);
    file.write(PAGE_BYTES, PAGE_BYTES, 2);
    const torn = tearFile(file.states.at(-1) ?? Buffer.alloc(0), file.changes, seededRandom(seed));
    outcomes.add(`${torn[0]}${torn[PAGE_BYTES]}`);
  }
  expect([...outcomes].sort()).toEqual(['11', '12', '21', '22']);
});

function padded(bytes: Buffer, at: number): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  bytes.subarray(at, at + PAGE_BYTES).copy(page);
  return page;
}
