/** One suite for the real server and the simulation's model of it: what the simulation proves, it proves of a server that speaks like this. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventRecord, GENESIS_HASH } from '#domain/events/event-record.ts';
import { eventSource } from '#server/test-support/sale-events.ts';
import { chainEvent } from '#sync/protocol/hash-chain.ts';
import type { ChainPoint, HelloRequest } from '#sync/protocol/messages.ts';
import type { SyncLink } from '#sync/sync-link.ts';
import { type Enrolled, SUBJECTS, type Subject } from './conformance-subjects.ts';
import { LOCATION } from './model/state.ts';

const NOTHING: ChainPoint = { seq: 0, hash: GENESIS_HASH };
const pointOf = (event: EventRecord | undefined): ChainPoint =>
  event ? { seq: event.seq, hash: event.hash } : NOTHING;

describe.each(SUBJECTS)('$kind', ({ create }) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await create();
  }, 120_000);
  afterAll(() => subject.close());

  async function openLine(terminal: Enrolled): Promise<SyncLink> {
    const opened = await subject.open(terminal);
    if (!opened.ok) throw new Error(opened.message);
    return opened.link;
  }

  const helloOf = (head: ChainPoint, said: Partial<HelloRequest> = {}): HelloRequest => ({
    head,
    acked: NOTHING,
    clock: new Date().toISOString(),
    recovering: false,
    ...said,
  });

  /** A terminal with its line, and a history of which nothing was sent yet. */
  async function newTill(sales = 3) {
    const terminal = await subject.enrol();
    const link = await openLine(terminal);
    const { terminalId } = terminal;
    const source = eventSource(terminalId, LOCATION);
    const events = Array.from({ length: sales }, () => source.sale(1)).flat();
    const push = (some: readonly EventRecord[]) =>
      link.push({ terminalId, from: some[0]?.seq ?? 0, events: [...some] });
    return { terminal, terminalId, link, source, events, push, all: pointOf(events.at(-1)) };
  }

  it('lets nobody in without the right token', async () => {
    const { terminalId } = await subject.enrol();
    const opened = await subject.open({ terminalId, token: 'another' });
    expect(opened).toMatchObject({ ok: false, refused: { code: 'unauthorized' } });
  });

  it('tells a terminal where it stands, and how far its clock is off', async () => {
    const { link, events, all, push } = await newTill();
    expect(await link.hello(helloOf(all))).toMatchObject({
      ok: true,
      ackedThrough: 0,
      headHash: GENESIS_HASH,
    });
    expect(await push(events)).toMatchObject({ ok: true, ackedThrough: events.length });
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const reply = await link.hello(helloOf(all, { acked: all, clock: ahead }));
    expect(reply).toMatchObject({ ok: true, ackedThrough: all.seq, headHash: all.hash });
    const skew = reply.ok ? reply.clockSkewMs : undefined;
    expect(Math.round((skew ?? 0) / 60_000)).toBe(60);
  });

  it('takes what is next, ignores what it has, and names what it lacks', async () => {
    const { link, events, push, all } = await newTill();
    await link.hello(helloOf(all));
    expect(await push(events.slice(4, 6))).toMatchObject({ ok: false, code: 'gap', expected: 1 });
    expect(await push(events.slice(0, 4))).toMatchObject({ ok: true, ackedThrough: 4 });
    expect(await push(events.slice(0, 4))).toMatchObject({ ok: true, ackedThrough: 4 });
    expect(await push(events.slice(1, 3))).toMatchObject({ ok: true, ackedThrough: 4 });
    expect(await push(events.slice(2, 8))).toMatchObject({ ok: true, ackedThrough: 8 });
    expect(await push(events.slice(9))).toMatchObject({ ok: false, code: 'gap', expected: 9 });
    expect(await push(events.slice(8))).toMatchObject({ ok: true, ackedThrough: all.seq });
    expect(await link.pullEvents({ after: 0, limit: 500 })).toMatchObject({ ok: true, events, head: all });
  });

  it('merges no other history, wherever it parts, and keeps a record of it', async () => {
    const { terminalId, link, events, push, all } = await newTill();
    await link.hello(helloOf(all));
    await push(events.slice(0, 6));
    const other = Array.from({ length: 3 }, () => eventSource(terminalId, LOCATION).sale(1)).flat();
    const continued = continuing(events[5], other.slice(6, 8));
    expect(await push(other.slice(0, 4))).toMatchObject({ ok: false, code: 'chain_broken' });
    expect(await push(other.slice(0, 8))).toMatchObject({ ok: false, code: 'chain_broken' });
    expect(await subject.forks(terminalId)).toBeGreaterThan(0);
    const altered = events
      .slice(6, 8)
      .map((event, index) => (index === 1 ? { ...event, aggregateId: 'X' } : event));
    expect(await push(altered)).toMatchObject({ ok: false, code: 'chain_broken' });
    expect(await push(continued)).toMatchObject({ ok: true, ackedThrough: 8 });
  });

  it('knows a copied data folder at hello, by whichever of its two looks', async () => {
    const { terminal, terminalId, link, events, push, all } = await newTill();
    await link.hello(helloOf(all));
    await push(events);
    const copy = await openLine(terminal);
    const old = pointOf(events[5]);
    expect(await copy.hello(helloOf(old, { acked: old }))).toMatchObject({ ok: false, code: 'behind' });
    const [own] = continuing(events[5], [
      eventSource(terminalId, LOCATION).next('order.completed', 'OWN', {}),
    ]);
    expect(await copy.hello(helloOf(pointOf(own), { acked: old }))).toMatchObject({
      ok: false,
      code: 'forked',
    });
    expect(await subject.forks(terminalId)).toBe(2);
    copy.close();
    // The original's line was not taken from it.
    expect(await push(events.slice(-1))).toMatchObject({ ok: true, ackedThrough: all.seq });
  });

  it('gives a terminal that lost its disk its own events back', async () => {
    const { terminal, link, events, push, all } = await newTill();
    await link.hello(helloOf(all));
    await push(events);
    const again = await openLine(terminal);
    const some = pointOf(events[3]);
    expect(await again.hello(helloOf(some, { acked: some, recovering: true }))).toMatchObject({
      ok: true,
      ackedThrough: all.seq,
      headHash: all.hash,
    });
    const page = await again.pullEvents({ after: 4, limit: 3 });
    expect(page).toEqual({ ok: true, events: events.slice(4, 7), head: all });
    expect(await again.pullEvents({ after: all.seq, limit: 3 })).toEqual({ ok: true, events: [], head: all });
  });

  it('puts aside what cannot be stored, and takes what stands behind it', async () => {
    const { terminalId, link, events, push } = await newTill(1);
    await link.hello(helloOf(NOTHING));
    await push(events);
    const odd = continuing(events.at(-1), [
      {
        ...eventSource(terminalId, LOCATION).next('order.completed', 'ODD', {}),
        payload: String.raw`{"note":"\u0000"}`,
      },
      eventSource(terminalId, LOCATION).next('order.completed', 'GOOD', {}),
    ]);
    const last = pointOf(odd.at(-1));
    expect(await push(odd)).toMatchObject({ ok: true, ackedThrough: last.seq, quarantined: 1 });
    expect(await link.listQuarantined()).toMatchObject({
      ok: true,
      count: 1,
      events: [{ seq: last.seq - 1 }],
    });
    expect(await link.pullEvents({ after: last.seq - 2, limit: 9 })).toEqual({
      ok: true,
      events: odd,
      head: last,
    });
    expect(await link.hello(helloOf(last, { acked: last }))).toMatchObject({ ok: true, quarantined: 1 });
  });

  it('refuses a batch that is not what it says, or of somebody else', async () => {
    const { terminalId, link, events, all } = await newTill(1);
    const { terminalId: other } = await subject.enrol();
    await link.hello(helloOf(all));
    expect(await link.push({ terminalId, from: 2, events })).toMatchObject({ ok: false, code: 'malformed' });
    expect(await link.push({ terminalId: other, from: 1, events })).toMatchObject({
      ok: false,
      code: 'wrong_terminal',
    });
    const foreign = eventSource(other, LOCATION).sale(1);
    expect(await link.push({ terminalId, from: 1, events: foreign })).toMatchObject({
      ok: false,
      code: 'wrong_terminal',
    });
  });

  it('answers who has nothing, or a cursor of another history, with a snapshot', async () => {
    const { link, all } = await newTill();
    await link.hello(helloOf(all));
    for (const after of [null, 'nobody knows it', '1.5.6.01a20d69-4bbe-745a-9c83-05d2cbcc0817'])
      expect(await link.pullChanges({ after, limit: 100 })).toMatchObject({
        ok: false,
        code: 'snapshot_needed',
      });
    const offer = await link.prepareSnapshot();
    expect(offer.ok).toBe(true);
    const page = await link.pullChanges({ after: offer.ok ? offer.cursor : null, limit: 100 });
    expect(page).toMatchObject({ ok: true, more: false });
  });

  it('tells what changed behind a cursor: items, deletions, and stock together with how far it goes', async () => {
    const { link, source, push, all } = await newTill(0);
    await link.hello(helloOf(all));
    const offer = await link.prepareSnapshot();
    if (!offer.ok) throw new Error(offer.message);
    // A snapshot may be one that another till was given, so that a page behind it tells more than is asked for here.
    const pull = async (after: string) => {
      const page = await link.pullChanges({ after, limit: 100 });
      if (!page.ok) throw new Error(page.message);
      return page;
    };
    const pokes = subject.pokes();
    const [sku, gone] = [`${source.terminalId}-A`, `${source.terminalId}-B`];
    await subject.putItem(sku, 999);
    await subject.putItem(sku, 1_250);
    await subject.putItem(gone, 500);
    await subject.removeItem(gone);
    await push([
      source.nextSeed({
        type: 'inventory.updated',
        sku,
        oldQuantity: 0,
        newQuantity: -2,
        change: -2,
        reason: 'sale',
        referenceId: 'S',
      }),
    ]);
    await subject.waitFor(() => subject.pokes() > pokes);
    expect(subject.pokes()).toBeGreaterThan(pokes);
    const page = await pull(offer.cursor);
    expect(page.items.filter((item) => item.sku === sku)).toMatchObject([{ price: 1_250, version: 2 }]);
    expect(page.items.filter((item) => item.sku === gone)).toMatchObject([{ deleted: true, version: 2 }]);
    expect(page.stock.filter((record) => record.sku === sku)).toEqual([{ sku, quantity: -2, reserved: 0 }]);
    expect(page.stock_through).toBe(1);
    const rest = await pull(page.to);
    expect(rest).toMatchObject({ more: false, items: [], stock: [] });
  });

  it('cuts what is much into pages, each of which leads on to the next', async () => {
    const { link, source, all } = await newTill(0);
    await link.hello(helloOf(all));
    const offer = await link.prepareSnapshot();
    if (!offer.ok) throw new Error(offer.message);
    const skus = Array.from({ length: 7 }, (_, index) => `${source.terminalId}-P${index}`);
    for (const sku of skus) await subject.putItem(sku, 100);
    const seen: string[] = [];
    let after = offer.cursor;
    for (let more = true; more;) {
      const page = await link.pullChanges({ after, limit: 3 });
      if (!page.ok) throw new Error(page.message);
      expect(page.items.length).toBeLessThanOrEqual(3);
      expect(page.to).not.toBe(after);
      seen.push(...page.items.map(({ sku }) => sku).filter((sku) => skus.includes(sku)));
      after = page.to;
      ({ more } = page);
    }
    expect(seen).toEqual(skus);
  });
});

/** The same events as a continuation of another one. */
function continuing(before: EventRecord | undefined, events: readonly EventRecord[]): EventRecord[] {
  let head = pointOf(before);
  return events.map((event) => {
    const { prevHash: _prevHash, hash: _hash, ...unchained } = event;
    const record = chainEvent({ ...unchained, seq: head.seq + 1 }, head.hash);
    head = pointOf(record);
    return record;
  });
}
