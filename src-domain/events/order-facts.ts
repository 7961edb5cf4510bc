/**
 * What a till knows of a sale and the seed's `order.created` has no field for: in the event's metadata from its version 2
 * on (`event-versions.ts`), so that an order and its receipt can be made anew from the log, to the cent.
 */
import { z } from 'zod';
import { centsToWire, wireMoneySchema } from '../money/wire-decimal.ts';
import type { Cents } from '../money/cents.ts';
import type { JsonValue } from './canonical-json.ts';
import type { VersionedData } from './event-versions.ts';

export const ORDER_CREATED_VERSION = 2;

/** One of the order's items, in their order. null: the till that wrote the event did not say so. */
export interface OrderLineFacts {
  readonly name: string | null;
  readonly merchandiseCode: string | null;
  /** Container deposit of the whole line. */
  readonly deposit: Cents | null;
  /** The line's share of the tax. */
  readonly tax: Cents | null;
}

export interface OrderTaxFacts {
  readonly merchandiseCode: string;
  readonly description: string;
  /** Basis points. */
  readonly rate: number;
  readonly amount: Cents;
}

export interface OrderFacts {
  /** As many as the payload has items. */
  readonly lines: readonly OrderLineFacts[];
  /** As the receipt lists them. */
  readonly taxes: readonly OrderTaxFacts[] | null;
  /** The cashier's name on the receipt; `user_id` stands beside it. */
  readonly cashier: string | null;
}

/** As it is written, to be joined with the rest of the metadata. */
export function encodeOrderFacts(facts: OrderFacts): Record<string, JsonValue> {
  return {
    schema: ORDER_CREATED_VERSION,
    lines: facts.lines.map(({ name, merchandiseCode, deposit, tax }) => ({
      name,
      merchandise_code: merchandiseCode,
      deposit: deposit === null ? null : centsToWire(deposit),
      tax: tax === null ? null : centsToWire(tax),
    })),
    taxes:
      facts.taxes?.map(({ merchandiseCode, description, rate, amount }) => ({
        merchandise_code: merchandiseCode,
        description,
        rate,
        amount: centsToWire(amount),
      })) ?? null,
    cashier: facts.cashier,
  };
}

const factsSchema = z
  .object({
    lines: z.array(
      z.object({
        name: z.string().nullable(),
        merchandise_code: z.string().nullable(),
        deposit: wireMoneySchema.nullable(),
        tax: wireMoneySchema.nullable(),
      }),
    ),
    taxes: z
      .array(
        z.object({
          merchandise_code: z.string(),
          description: z.string(),
          rate: z.int(),
          amount: wireMoneySchema,
        }),
      )
      .nullable(),
    cashier: z.string().nullable(),
  })
  .transform(({ lines, taxes, cashier }): OrderFacts => ({
    lines: lines.map(({ name, merchandise_code: merchandiseCode, deposit, tax }) => ({
      name,
      merchandiseCode,
      deposit,
      tax,
    })),
    taxes:
      taxes?.map(({ merchandise_code: merchandiseCode, description, rate, amount }) => ({
        merchandiseCode,
        description,
        rate,
        amount,
      })) ?? null,
    cashier,
  }));

/**
 * Reads the metadata of an `order.created` that was brought to the current version (`upcast`).
 * @throws {z.ZodError}
 */
export function decodeOrderFacts(metadata: unknown): OrderFacts {
  return factsSchema.parse(metadata);
}

/** As far as the upcaster must read it. What does not fit is left for the decoder, which says what is wrong. */
const version1 = z.object({
  payload: z.looseObject({
    items: z.array(z.unknown()),
    deposit: z.number().default(0),
    tax: z.number(),
  }),
  metadata: z.record(z.string(), z.custom<JsonValue>()),
});

/** Version 1 gave the sums only: a sum of nothing says it of each line, any other is unknown line by line. */
export function orderCreatedToVersion2(data: VersionedData): VersionedData {
  const parsed = version1.safeParse(data);
  if (!parsed.success) return data;
  const { payload, metadata } = parsed.data;
  const line = {
    name: null,
    merchandise_code: null,
    deposit: payload.deposit === 0 ? 0 : null,
    tax: payload.tax === 0 ? 0 : null,
  };
  return {
    payload: data.payload,
    metadata: {
      ...metadata,
      schema: ORDER_CREATED_VERSION,
      lines: payload.items.map(() => line),
      taxes: payload.tax === 0 ? [] : null,
      cashier: null,
    },
  };
}
