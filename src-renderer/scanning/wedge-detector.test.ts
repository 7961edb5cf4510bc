import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HOLD_MS,
  MAX_SCAN_GAP_MS,
  MAX_SCAN_LENGTH,
  MAX_TYPED_BURST,
  type Verdict,
  WedgeDetector,
} from './wedge-detector.ts';

/** A clock that only moves when told, with the timers that hang on it. */
class Bench {
  now = 0;
  readonly events: { scan?: string; typed?: string; left?: string }[] = [];
  readonly #timers = new Map<number, { at: number; callback: () => void }>();
  #nextTimer = 1;
  readonly detector = new WedgeDetector(
    { onScan: (scan) => this.events.push({ scan }), onTyped: (typed) => this.events.push({ typed }) },
    {
      start: (after, callback) => {
        const id = this.#nextTimer;
        this.#nextTimer += 1;
        this.#timers.set(id, { at: this.now + after, callback });
        return id;
      },
      stop: (id) => {
        if (typeof id === 'number') this.#timers.delete(id);
      },
    },
  );

  wait(milliseconds: number): void {
    this.now += milliseconds;
    for (const [id, timer] of this.#timers) {
      if (timer.at > this.now) continue;
      this.#timers.delete(id);
      timer.callback();
    }
  }

  press(key: string, more: { repeat?: boolean; untouchable?: boolean } = {}): Verdict {
    const verdict = this.detector.press({ key, at: this.now, repeat: false, untouchable: false, ...more });
    if (verdict === 'left') this.events.push({ left: key });
    return verdict;
  }

  burst(keys: Iterable<string>, gap: number): void {
    let first = true;
    for (const key of keys) {
      if (!first) this.wait(gap);
      first = false;
      this.press(key);
    }
  }

  get scans(): string[] {
    return this.events.flatMap((event) => event.scan ?? []);
  }

  get typed(): string {
    return this.events.map((event) => event.typed ?? '').join('');
  }
}

describe('wedge detector', () => {
  it.each(['Enter', 'Tab'])(
    'takes a quick burst that ends in %s as a scan and lets nobody see its keys',
    (end) => {
      const bench = new Bench();
      bench.burst([...Array.from('036000291452'), end], 12);
      bench.wait(500);
      expect(bench.events).toEqual([{ scan: '036000291452' }]);
    },
  );

  it('takes keys exactly 35 ms apart as a scan, and 36 ms apart as typing', () => {
    const quick = new Bench();
    quick.burst([...Array.from('1234'), 'Enter'], MAX_SCAN_GAP_MS);
    expect(quick.scans).toEqual(['1234']);
    const slow = new Bench();
    slow.burst([...Array.from('1234'), 'Enter'], MAX_SCAN_GAP_MS + 1);
    expect(slow.events).toEqual([
      { typed: '1' },
      { typed: '2' },
      { typed: '3' },
      { typed: '4' },
      { left: 'Enter' },
    ]);
  });

  it('takes fewer than four quick keys as typing, before the Enter', () => {
    const bench = new Bench();
    bench.burst([...Array.from('123'), 'Enter'], 5);
    expect(bench.events).toEqual([{ typed: '1' }, { typed: '2' }, { typed: '3' }, { left: 'Enter' }]);
  });

  it('hands a single key over by itself within 50 ms', () => {
    const bench = new Bench();
    bench.press('w');
    expect(bench.typed).toBe('');
    bench.wait(HOLD_MS);
    expect(bench.typed).toBe('w');
    expect(HOLD_MS).toBeLessThanOrEqual(50);
  });

  it('hands over what is held before an arrow, Backspace or Escape goes its way', () => {
    const bench = new Bench();
    bench.burst(['a', 'b', 'Backspace'], 10);
    expect(bench.events).toEqual([{ typed: 'a' }, { typed: 'b' }, { left: 'Backspace' }]);
  });

  it('keeps capitals of a scan although Shift is pressed between them', () => {
    const bench = new Bench();
    bench.burst(['Shift', 'A', 'B', 'Shift', 'C', '1', 'Enter'], 8);
    expect(bench.scans).toEqual(['ABC1']);
    expect(bench.typed).toBe('');
  });

  it('leaves shortcuts and composition alone', () => {
    const bench = new Bench();
    expect(bench.press('v', { untouchable: true })).toBe('left');
    expect(bench.press('Process', { untouchable: true })).toBe('left');
    bench.wait(500);
    expect(bench.typed).toBe('');
  });

  it('hands over what was typed before a shortcut, in order', () => {
    const bench = new Bench();
    bench.press('a');
    bench.wait(20);
    bench.press('v', { untouchable: true });
    expect(bench.events).toEqual([{ typed: 'a' }, { left: 'v' }]);
  });

  it('does not spill a scan into a field when the scanner sends a control character inside it', () => {
    const bench = new Bench();
    bench.burst('01095', 10);
    bench.wait(10);
    bench.press(']', { untouchable: true });
    bench.wait(10);
    bench.burst([...Array.from('1710'), 'Enter'], 10);
    expect(bench.scans).toEqual(['010951710']);
    expect(bench.typed).toBe('');
  });

  it('swallows the second Enter of a scanner that sends CR and LF, but not an Enter by hand later', () => {
    const bench = new Bench();
    bench.burst([...Array.from('12345678'), 'Enter', 'Enter'], 10);
    expect(bench.events).toEqual([{ scan: '12345678' }]);
    bench.wait(200);
    expect(bench.press('Enter')).toBe('left');
  });

  it('shows a key that is held down at once, however quickly it repeats', () => {
    const bench = new Bench();
    bench.press('0');
    for (let count = 0; count < 5; count += 1) {
      bench.wait(30);
      bench.press('0', { repeat: true });
    }
    bench.wait(30);
    bench.press('Enter');
    expect(bench.typed).toBe('000000');
    expect(bench.scans).toEqual([]);
  });

  it('sends binary characters as they are', () => {
    const bench = new Bench();
    bench.burst(['\u0002', 'x', '\u0000', '\u001D', 'Enter'], 5);
    expect(bench.scans).toEqual(['\u0002x\u0000\u001D']);
  });

  it('bounds a scan at what the terminal takes and swallows the rest', () => {
    const bench = new Bench();
    for (let count = 0; count < MAX_SCAN_LENGTH + 1_000; count += 1) bench.press('7');
    bench.press('Enter');
    expect(bench.scans.map((code) => code.length)).toEqual([MAX_SCAN_LENGTH]);
    expect(bench.typed).toBe('');
  });

  it('takes an endless burst without an Enter as a scan, never as typing', () => {
    const bench = new Bench();
    bench.burst('9'.repeat(MAX_TYPED_BURST + 1), 10);
    bench.wait(HOLD_MS);
    expect(bench.scans.map((code) => code.length)).toEqual([MAX_TYPED_BURST + 1]);
    expect(bench.typed).toBe('');
  });

  it('keeps every typed key in order and every scan whole, however they interleave', () => {
    const character = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 });
    const typed = fc.record({
      kind: fc.constant('typed' as const),
      key: fc.oneof(character, fc.constantFrom('Enter', 'ArrowDown', 'Backspace', 'Tab', 'Escape')),
      before: fc.integer({ min: MAX_SCAN_GAP_MS + 1, max: 400 }),
    });
    const scan = fc.record({
      kind: fc.constant('scan' as const),
      code: fc.string({ unit: 'grapheme-ascii', minLength: 4, maxLength: 40 }),
      gap: fc.integer({ min: 0, max: MAX_SCAN_GAP_MS }),
      before: fc.integer({ min: MAX_SCAN_GAP_MS + 1, max: 400 }),
      end: fc.constantFrom('Enter', 'Tab'),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(typed, scan), { maxLength: 30 }), (steps) => {
        const bench = new Bench();
        const expected: Bench['events'] = [];
        for (const step of steps) {
          bench.wait(step.before);
          if (step.kind === 'scan') {
            bench.burst([...Array.from(step.code), step.end], step.gap);
            expected.push({ scan: step.code });
          } else {
            bench.press(step.key);
            expected.push(step.key.length === 1 ? { typed: step.key } : { left: step.key });
          }
        }
        bench.wait(HOLD_MS);
        expect(bench.events).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
