import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIngestGate } from './ingest-gate.ts';

function gateOf(batches: number, bytes = 1_000) {
  const clock = { ms: 0 };
  const gate = createIngestGate({
    capacity: { batches, bytes },
    now: () => clock.ms,
    random: () => 0.5,
  });
  /** Those that are in, in their order. */
  const inside: (() => void)[] = [];
  /** How long it is sent away; 0: it is in. */
  function knock(who: object, size = 1): number {
    const admission = gate.admit(who, size);
    if (!admission.isIn) return admission.pauseMs;
    inside.push(admission.leave);
    return 0;
  }
  const oneLeaves = () => inside.shift()?.();
  return { gate, clock, knock, oneLeaves };
}
const who = (name: string) => ({ name });

describe('the door before the database', () => {
  it('lets in what there is room for, and the next when one has left', () => {
    const { gate, knock, oneLeaves } = gateOf(2);
    const [a, b, c] = [who('a'), who('b'), who('c')];
    expect([knock(a), knock(b)]).toEqual([0, 0]);
    expect(knock(c)).toBeGreaterThan(0);
    oneLeaves();
    expect(knock(c)).toBe(0);
    expect(gate.load()).toEqual({ batches: 2, bytes: 2, paused: 0 });
  });

  it('counts one that leaves once', () => {
    const { gate } = gateOf(2);
    const admission = gate.admit(who('a'), 7);
    if (!admission.isIn) throw new Error('unexpected');
    admission.leave();
    admission.leave();
    expect(gate.load()).toEqual({ batches: 0, bytes: 0, paused: 0 });
  });

  it('counts sizes as well, and lets one that is larger than all the room in alone', () => {
    const { knock, oneLeaves } = gateOf(10, 100);
    const [b, c] = [who('b'), who('c')];
    expect(knock(who('a'), 70)).toBe(0);
    expect(knock(b, 31)).toBeGreaterThan(0);
    oneLeaves();
    expect(knock(b, 31)).toBe(0);
    oneLeaves();
    expect(knock(c, 500)).toBe(0);
    expect(knock(who('d'), 1)).toBeGreaterThan(0);
  });

  it('keeps room for a large one that is due, which small ones would else fill for ever', () => {
    const { clock, knock, oneLeaves } = gateOf(10, 100);
    const large = who('large');
    knock(who('a'), 40);
    clock.ms += knock(large, 80);
    expect(knock(who('small'), 21)).toBeGreaterThan(0);
    oneLeaves();
    expect(knock(large, 80)).toBe(0);
  });

  it('keeps the turn of who was sent away first, however often others come', () => {
    const { clock, knock, oneLeaves } = gateOf(1);
    const [a, b, c, late] = [who('a'), who('b'), who('c'), who('late')];
    knock(a);
    clock.ms += knock(b);
    knock(c);
    oneLeaves();
    for (const pushy of [late, c, late, a]) expect(knock(pushy)).toBeGreaterThan(0);
    expect(knock(b)).toBe(0);
    oneLeaves();
    // Sent away twice, it has its room kept although it is not due.
    expect(knock(late)).toBeGreaterThan(0);
    expect(knock(c)).toBe(0);
  });

  it('lets nobody wait for one that is away for the first time', () => {
    const { knock, oneLeaves } = gateOf(1);
    knock(who('a'));
    knock(who('away'));
    oneLeaves();
    expect(knock(who('next'))).toBe(0);
  });

  it('gives the place of one that has gone to the next at once', () => {
    const { gate, knock, oneLeaves } = gateOf(1);
    const gone = who('gone');
    const leave = gate.enter(gone);
    knock(who('a'));
    knock(gone);
    knock(gone);
    oneLeaves();
    expect(knock(who('next'))).toBeGreaterThan(0);
    leave();
    expect(knock(who('next'))).toBe(0);
  });

  it('gives the place of one that does not come back to the next', () => {
    const { clock, knock, oneLeaves } = gateOf(1);
    const gone = who('gone');
    knock(who('a'));
    knock(gone);
    knock(gone);
    oneLeaves();
    expect(knock(who('next'))).toBeGreaterThan(0);
    clock.ms += 20_000;
    expect(knock(who('next'))).toBe(0);
  });

  it('sends away for longer who has more before it, and the slower those who are in are done', () => {
    const pausesAfter = (stayMs: number) => {
      const { clock, knock, oneLeaves } = gateOf(1);
      for (let turn = 0; turn < 20; turn += 1) {
        knock(who('a'));
        clock.ms += stayMs;
        oneLeaves();
      }
      knock(who('a'));
      return Array.from({ length: 5 }, (_, index) => {
        const waiting = who(`${index}`);
        knock(waiting);
        return knock(waiting);
      });
    };
    const quick = pausesAfter(1);
    const slow = pausesAfter(300);
    expect(slow).toEqual([...slow].sort((a, b) => a - b));
    expect(slow[4]).toBeGreaterThan(4 * (slow[0] ?? 0));
    expect(quick[0]).toBeLessThan(slow[0] ?? 0);
    for (const pause of pausesAfter(60_000)) expect(pause).toBeLessThanOrEqual(5_000 * 1.25);
  });

  it('counts a terminal that has gone once', () => {
    const { gate } = gateOf(10);
    const leave = gate.enter(who('a'));
    for (let index = 0; index < 9; index += 1) gate.enter(who('b'));
    const crowded = gate.share();
    leave();
    leave();
    leave();
    const { gate: nine } = gateOf(10);
    for (let index = 0; index < 9; index += 1) nine.enter(who('b'));
    expect(gate.share()).toEqual(nine.share());
    expect(crowded.maxBytes).toBeLessThanOrEqual(gate.share().maxBytes);
  });

  it('lets everybody through in the end, within its bounds at each step', () => {
    const work = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(work, { minLength: 1, maxLength: 25 }),
        fc.infiniteStream(fc.nat()),
        (backlogs, draw) => {
          const { gate, clock, knock, oneLeaves } = gateOf(3, 100);
          const drawn = () => Number(draw.next().value);
          const tills = backlogs.map((sizes) => ({ me: {}, sizes: [...sizes], until: 0 }));
          let steps = 0;
          while (tills.some(({ sizes }) => sizes.length > 0)) {
            steps += 1;
            expect(steps).toBeLessThan(20_000);
            clock.ms += drawn() % 50;
            if (drawn() % 2 === 0) oneLeaves();
            const ready = tills.filter(({ sizes, until }) => sizes.length > 0 && until <= clock.ms);
            const till = ready[drawn() % Math.max(1, ready.length)];
            if (till === undefined) continue;
            const pauseMs = knock(till.me, till.sizes[0]);
            if (pauseMs === 0) till.sizes.shift();
            else till.until = clock.ms + pauseMs;
            const { batches, bytes } = gate.load();
            expect(batches).toBeLessThanOrEqual(3);
            expect(bytes).toBeLessThanOrEqual(100);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('serves each of those who come all the time about as often as the others', () => {
    const { clock, knock, oneLeaves } = gateOf(2);
    const tills = Array.from({ length: 12 }, (_, index) => ({ me: who(`${index}`), served: 0, until: 0 }));
    for (let step = 0; step < 20_000; step += 1) {
      clock.ms += 1;
      if (step % 5 === 0) oneLeaves();
      // The first of them always comes first.
      for (const till of tills) {
        if (till.until > clock.ms) continue;
        const pauseMs = knock(till.me);
        if (pauseMs === 0) till.served += 1;
        else till.until = clock.ms + pauseMs;
      }
    }
    const served = tills.map((till) => till.served);
    expect(Math.min(...served)).toBeGreaterThan(Math.max(...served) / 2);
  });
});
