import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { SILENT } from '../logger.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import type { Envelope, EventBus } from './event-bus.ts';
import { openPostgresBus } from './postgres-bus.ts';

const EVENT: Envelope = {
  event: 'order.completed',
  order_id: 'ORD-12345',
  data: { note: 'x'.repeat(2_000) },
};
const soon = { timeout: 20_000, interval: 5 };

let cluster: TestPostgres;
let stranger: pg.Client;
let bus: EventBus;
let heard: pg.Notification[];
beforeAll(async () => {
  cluster = await startTestPostgres({ unsafeFast: true });
  bus = await openPostgresBus({ url: cluster.url, logger: SILENT });
  stranger = new pg.Client(cluster.url);
  await stranger.connect();
  await stranger.query('CREATE TABLE written (n int)');
  await stranger.query('LISTEN events');
  stranger.on('notification', (notification) => heard.push(notification));
});
afterAll(async () => {
  await stranger.end();
  await bus.close();
  await cluster.stop();
});

const hintSchema = z.strictObject({ events: z.int() });
const eventsOf = ({ payload = '' }: pg.Notification) => hintSchema.parse(JSON.parse(payload)).events;

describe('the PostgreSQL bus', () => {
  it('says of 500 events of 1 MB no more than how many they are', async () => {
    heard = [];
    bus.announce(Array.from({ length: 500 }, () => EVENT));
    await vi.waitFor(() => {
      expect(heard.map(eventsOf)).toEqual([500]);
    }, soon);
    expect(Buffer.byteLength(heard[0]?.payload ?? '')).toBeLessThan(8_000);
  });

  it('makes few notifications of many announcements, and forgets none', async () => {
    heard = [];
    for (let announced = 0; announced < 10_000; announced += 1) bus.announce([EVENT]);
    const total = () => heard.map(eventsOf).reduce((sum, events) => sum + events, 0);
    await vi.waitFor(() => {
      expect(total()).toBe(10_000);
    }, soon);
    expect(heard.length).toBeLessThan(10);
  });

  it('notifies from a connection of its own, never from the one that writes', async () => {
    heard = [];
    const writer = new pg.Client(cluster.url);
    await writer.connect();
    await writer.query('BEGIN; INSERT INTO written VALUES (1)');
    bus.announce([EVENT]);
    // Heard while the transaction that writes is still open: it is not what notifies, and its end adds nothing.
    await vi.waitFor(() => {
      expect(heard).toHaveLength(1);
    }, soon);
    await writer.query('COMMIT');
    bus.announce([EVENT]);
    await vi.waitFor(() => {
      expect(heard).toHaveLength(2);
    }, soon);
    const { rows } = await writer.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast-bus'",
    );
    expect(heard.map(({ processId }) => processId)).toEqual([rows[0]?.pid, rows[0]?.pid]);
    await writer.end();
  });
});
