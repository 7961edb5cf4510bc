import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chainEvent } from '#sync/protocol/hash-chain.ts';
import { quarantineListReplySchema } from '#sync/protocol/messages.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventSource, pushOf } from '../test-support/sale-events.ts';
import { type ShopServer, startShopServer } from '../test-support/shop-server.ts';
import { type TestTerminal, connectTerminal, handshake } from '../test-support/terminal-client.ts';

const letters = z.object({
  dead_letters: z.array(z.looseObject({ id: z.int(), terminal_id: z.string() })),
});

describe.each(TEST_DATABASES)('what the admin sees of quarantine, on $kind', ({ create }) => {
  let home: TestDatabase;
  let shop: ShopServer;
  let terminal: TestTerminal;
  beforeAll(async () => {
    home = await create();
    shop = await startShopServer(home);
    terminal = await connectTerminal(shop.url, handshake('T1', await shop.admin.enrol('T1', 'STORE-001')));
  }, 120_000);
  afterAll(async () => {
    terminal.close();
    await shop.close();
    await home.dispose();
  });

  const toldToTill = async () => {
    const answer: unknown = await terminal.socket.timeout(10_000).emitWithAck('quarantine.list', {});
    const list = quarantineListReplySchema.parse(answer);
    if (!list.ok) throw new Error(list.message);
    return list;
  };
  const dismiss = (path: string) => shop.admin.post(`/api/${path}/dismiss`);

  it('is each event with its reason, whole on demand, until it is dismissed: here and at the till', async () => {
    const till = eventSource('T1', 'STORE-001');
    const unreadable = till.next('inventory.updated', 'A', { sku: 'A' });
    const sound = till.next('order.noted', 'X', {});
    // Text that no answer in JSON may break at: a lone surrogate, U+0000, a line's end.
    const odd = chainEvent({ ...sound, aggregateId: 'a\ud800\0\n', payload: '{ }' }, sound.prevHash);
    expect(await terminal.push(pushOf([unreadable, odd]))).toMatchObject({ ok: true, quarantined: 2 });

    const listed = {
      terminal_id: 'T1',
      seq: 2,
      event_id: odd.eventId,
      event_type: 'order.noted',
      reason: expect.stringContaining('about') as unknown,
    };
    expect((await shop.admin.get('/api/quarantine')).body).toMatchObject({ quarantined: [listed] });
    expect((await shop.admin.get('/api/quarantine/T1/2')).body).toEqual({ frame: odd });
    for (const nothing of ['/api/quarantine/T1/1', '/api/quarantine/T9/2']) {
      expect(await shop.admin.get(nothing)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    expect((await toldToTill()).events.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual([1, 2]);

    expect(await dismiss('quarantine/T1/2')).toMatchObject({ status: 200, body: { dismissed: true } });
    expect(await dismiss('quarantine/T1/2')).toMatchObject({ status: 404 });
    expect((await shop.admin.get('/api/quarantine')).body).toEqual({ quarantined: [] });
    expect((await shop.admin.get('/api/quarantine/T1/2')).body).toEqual({ frame: odd });

    const { dead_letters: waiting } = letters.parse((await shop.admin.get('/api/dead-letters')).body);
    expect(waiting).toMatchObject([{ terminal_id: 'T1', seq: 1, subscriber: 'stock' }]);
    const id = waiting[0]?.id ?? 0;
    expect(await dismiss(`dead-letters/${id}`)).toMatchObject({ status: 200, body: { dismissed: true } });
    expect(await dismiss(`dead-letters/${id}`)).toMatchObject({ status: 404 });
    expect(await shop.admin.post(`/api/dead-letters/${id}/retry`)).toMatchObject({ status: 404 });
    expect(await toldToTill()).toEqual({ ok: true, events: [], count: 0 });
    // The till is told with the next batch that nothing is left.
    expect(
      await terminal.push(pushOf([chainEvent({ ...till.next('order.noted', 'X', {}) }, odd.hash)])),
    ).toEqual({
      ok: true,
      ackedThrough: 3,
      quarantined: 0,
    });
  });
});
