/** A web shop or delivery channel: places orders through the API, asks until it has an answer, and refunds some of them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { addCents } from '#domain/money/cents.ts';
import { wireMoneySchema } from '#domain/money/wire-decimal.ts';
import type { OrderChannel } from '#server/access/access.ts';
import { type Random, between, pick } from '../random.ts';
import type { Bell } from './bell.ts';
import { type FinalAnswer, type KeyedRequest, askUntilAnswered } from './ask-until-answered.ts';
import { type Bargain, type DrawnOrder, drawOrder } from './draw-order.ts';
import type { ChannelOrder, Ledger } from './ledger.ts';

export interface ChannelClientOptions {
  readonly channel: OrderChannel;
  readonly apiKey: string;
  readonly urls: readonly string[];
  readonly random: Random;
  readonly ledger: Ledger;
  readonly acknowledged: Bell;
  readonly signal: AbortSignal;
}

export interface ChannelClient {
  /**
   * Places so many orders, one after the other. Resolves when each has its answer.
   * @param bargain what all clients want first, at the same moment
   */
  trade(orders: number, bargain: Bargain): Promise<void>;
}

const SHARE_OF_REFUNDS = 0.4;
const SHARE_OF_LATE_REPEATS = 0.1;
const LONGEST_PAUSE_MS = 40;

const orderSchema = z.object({
  order_id: z.string(),
  status: z.string(),
  total: wireMoneySchema,
  payment: z.object({ status: z.string() }),
});
const refundSchema = z.object({ refund_id: z.string(), status: z.string(), amount: wireMoneySchema });

export function channelClient(options: ChannelClientOptions): ChannelClient {
  const { channel, apiKey, random, ledger, acknowledged, signal } = options;
  const asking = { ...options, onDefect: (what: string) => void ledger.flaws.add(what) };

  async function ask(request: KeyedRequest, settle: (answer: FinalAnswer) => void): Promise<void> {
    const answer = await askUntilAnswered(request, asking);
    acknowledged.ring(answer.server);
    settle(answer);
    if (answer.uncertain) ledger.openQuestions.push({ request, settle });
    // Long after the answer somebody asks once more, as programs do.
    else if (answer.kind === 'success' && random() < SHARE_OF_LATE_REPEATS)
      expectSame(answer, await askUntilAnswered(request, asking), request, ledger);
  }

  async function placeOrder(bargain?: Bargain): Promise<ChannelOrder> {
    const key = randomUUID();
    const drawn = drawOrder(channel, key, random, bargain);
    const order: ChannelOrder = {
      key,
      channel,
      locationId: drawn.locationId,
      provider: drawn.instrument.provider,
      total: drawn.cart.total,
      units: new Map(drawn.cart.lines.map(({ sku, quantity }) => [sku, quantity])),
      refunds: [],
    };
    ledger.orders.set(key, order);
    const request = postOf('/api/orders', drawn.body, key);
    await ask(request, (answer) => settleOrder(order, drawn, answer, ledger));
    return order;
  }

  async function refundPart(order: ChannelOrder, orderId: string): Promise<void> {
    const [sku, units] = pick(random, [...order.units]);
    const quantity = between(random, 1, units);
    const restock = random() < 0.8;
    const body = { items: [{ sku, quantity }], reason: 'customer_request', restock };
    await ask(postOf(`/api/orders/${orderId}/refunds`, body, randomUUID()), (answer) => {
      if (answer.kind === 'refused') {
        ledger.flaws.add(`a refund of ${orderId}, which nobody else refunds, was refused: ${answer.code}`);
        return;
      }
      const { refund_id: refundId, status, amount } = refundSchema.parse(answer.body);
      if (status !== 'completed') ledger.flaws.add(`${refundId} was answered as ${status}`);
      order.refunds.push({ refundId, amount });
      if (restock) ledger.stock.move(order.locationId, sku, quantity);
    });
  }

  const postOf = (path: string, body: object, idempotencyKey: string): KeyedRequest => ({
    method: 'POST',
    path,
    key: apiKey,
    body,
    idempotencyKey,
  });

  return {
    async trade(orders, bargain) {
      for (let placed = 0; placed < orders; placed += 1) {
        const order = await placeOrder(placed === 0 ? bargain : undefined);
        const { outcome } = order;
        if (outcome?.kind === 'completed' && random() < SHARE_OF_REFUNDS)
          await refundPart(order, outcome.orderId);
        await sleep(between(random, 0, LONGEST_PAUSE_MS), undefined, { signal });
      }
    },
  };
}

function settleOrder(order: ChannelOrder, drawn: DrawnOrder, answer: FinalAnswer, ledger: Ledger): void {
  if (answer.kind === 'refused') {
    order.outcome = { kind: 'refused', code: answer.code };
    const isFair =
      answer.code === 'out_of_stock' || (answer.code === 'payment_refused' && drawn.willBeRefused);
    if (!isFair)
      ledger.flaws.add(`an order of ${order.channel} was refused: ${answer.code} (${answer.message})`);
    return;
  }
  const { order_id: orderId, status, total, payment } = orderSchema.parse(answer.body);
  if (status !== 'completed' || payment.status !== 'captured')
    ledger.flaws.add(`${orderId} was answered as ${status}, its payment as ${payment.status}`);
  if (total !== order.total) ledger.flaws.add(`${orderId} was answered with another total than was agreed`);
  if (drawn.willBeRefused) ledger.flaws.add(`${orderId} was paid with a card that pays nothing`);
  order.outcome = { kind: 'completed', orderId };
  for (const [sku, units] of order.units) ledger.stock.move(order.locationId, sku, -units);
}

function expectSame(first: FinalAnswer, again: FinalAnswer, { path }: KeyedRequest, ledger: Ledger): void {
  if (again.kind !== 'success') {
    ledger.flaws.add(`${path} said yes, and to the same key again ${again.code}`);
    return;
  }
  if (!again.replayed) ledger.flaws.add(`${path} did not say that it had answered this key before`);
  const id = z.union([
    z.object({ refund_id: z.string() }).transform(({ refund_id }) => refund_id),
    z.object({ order_id: z.string() }).transform(({ order_id }) => order_id),
  ]);
  if (first.kind === 'success' && id.parse(first.body) !== id.parse(again.body))
    ledger.flaws.add(`${path} made a second one of the same key: ${id.parse(again.body)}`);
}

/** What all refunds of an order come to. */
export function refundedOf({ refunds }: ChannelOrder) {
  return addCents(...refunds.map(({ amount }) => amount));
}
