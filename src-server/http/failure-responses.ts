/** How failures stand among a route's `response` schemas, and so in the OpenAPI document. */
import { z } from 'zod';
import { type HttpFailureCode, statusOf } from './http-failure.ts';

type FailureSchema = z.ZodObject<{ code: z.ZodEnum; message: z.ZodString }, z.core.$strict>;

/** So that the frame can add its own codes to a status for which the route has some already. */
const codesOf = new WeakMap<object, readonly HttpFailureCode[]>();

/**
 * The response entries of what this route itself refuses: `response: { 200: …, ...failures('not_found') }`. What the
 * frame refuses (a body that does not fit, a missing key …) it adds for itself: {@link withFrameFailures}.
 */
export function failures(...codes: HttpFailureCode[]): Record<`${4 | 5}${string}`, FailureSchema> {
  const byStatus = Map.groupBy(codes, statusOf);
  const entries: [string, FailureSchema][] = [];
  for (const [status, ofStatus] of byStatus) {
    const schema = z
      .strictObject({ code: z.enum([...new Set(ofStatus)].sort()), message: z.string() })
      .describe('Refused. `code` is for programs, `message` for people.');
    codesOf.set(schema, ofStatus);
    entries.push([String(status), schema]);
  }
  return Object.fromEntries(entries);
}

/** A route's responses and beside them the failures that the frame produces before and around it. */
export function withFrameFailures(
  responses: Readonly<Record<string, unknown>>,
  ofFrame: readonly HttpFailureCode[],
): Record<string, unknown> {
  const declared = Object.values(responses).flatMap((schema) =>
    typeof schema === 'object' && schema !== null ? (codesOf.get(schema) ?? []) : [],
  );
  return { ...responses, ...failures(...declared, ...ofFrame) };
}
