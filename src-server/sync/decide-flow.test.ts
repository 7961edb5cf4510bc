import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowSchema } from '#sync/protocol/messages.ts';
import { CAPACITY, decideFlow } from './decide-flow.ts';

const terminals = fc.integer({ min: 0, max: 5_000 });
const commitMs = fc.double({ min: 0, max: 120_000, noNaN: true });

describe('what each terminal may send', () => {
  it('is all that the protocol allows, for a few terminals and a quick database', () => {
    for (const few of [0, 1, 8]) {
      expect(decideFlow({ terminals: few, commitMs: 40 })).toEqual({
        window: 8,
        maxEvents: 500,
        maxBytes: few === 8 ? 500_000 : 1_000_000,
      });
    }
  });

  it('is one small batch for each of a thousand', () => {
    expect(decideFlow({ terminals: 1_000, commitMs: 40 })).toEqual({
      window: 1,
      maxEvents: 50,
      maxBytes: 50_000,
    });
  });

  it('is less when commits get slow, so that each of them gets short again', () => {
    const quick = decideFlow({ terminals: 2, commitMs: 200 });
    const slow = decideFlow({ terminals: 2, commitMs: 4_000 });
    expect(slow.maxEvents).toBe(quick.maxEvents / 4);
    expect(slow.maxBytes).toBe(quick.maxBytes / 4);
    expect(slow.window).toBeLessThanOrEqual(quick.window);
  });

  it('is always something that the protocol allows', () => {
    fc.assert(
      fc.property(terminals, commitMs, (count, ms) => {
        const flow = { ...decideFlow({ terminals: count, commitMs: ms }), pauseMs: 0 };
        expect(flowSchema.parse(flow)).toEqual(flow);
      }),
    );
  });

  it('never grows with more terminals or slower commits', () => {
    fc.assert(
      fc.property(terminals, terminals, commitMs, commitMs, (count, more, ms, longer) => {
        const before = decideFlow({ terminals: count, commitMs: ms });
        const after = decideFlow({ terminals: count + more, commitMs: ms + longer });
        expect(after.window).toBeLessThanOrEqual(before.window);
        expect(after.maxEvents).toBeLessThanOrEqual(before.maxEvents);
        // Of all that are under way; a single one may be larger where fewer are.
        expect(after.maxBytes * after.window).toBeLessThanOrEqual(before.maxBytes * before.window);
      }),
    );
  });

  it('keeps all of them together within what the process holds, while it is more than the least', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: CAPACITY.batches }), (count) => {
        const { window, maxBytes } = decideFlow({ terminals: count, commitMs: 0 });
        expect(count * window).toBeLessThanOrEqual(CAPACITY.batches);
        expect(count * window * maxBytes).toBeLessThanOrEqual(CAPACITY.bytes);
      }),
    );
  });
});
