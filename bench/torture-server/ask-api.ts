/** One request to the servers' API, and what became of it. */
import { z } from 'zod';

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** An API key, or the admin's. */
  readonly key: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

export type ApiOutcome =
  | { readonly kind: 'success'; readonly body: unknown; readonly replayed: boolean }
  /** The server said no, and means it: asking again gives the same, as long as nothing else changes. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** Done or not done: the line broke, the answer did not come, or the server says that it does not know. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** A 500. The server promises never to answer so. */
  | { readonly kind: 'defect'; readonly what: string };

const ANSWER_WITHIN_MS = 30_000;

const failureSchema = z.object({ code: z.string(), message: z.string() });

/** Never rejects. @param impatient ends the wait earlier: the answer is lost, the work goes on */
export async function askApi(url: string, request: ApiRequest, impatient?: AbortSignal): Promise<ApiOutcome> {
  const { method, path, key, body, idempotencyKey } = request;
  const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: impatient === undefined ? timeout : AbortSignal.any([timeout, impatient]),
    });
    const answer: unknown = await response.json();
    if (response.ok) {
      const replayed = response.headers.get('idempotent-replayed') === 'true';
      return { kind: 'success', body: answer, replayed };
    }
    const failure = failureSchema.parse(answer);
    if (response.status === 503) return { kind: 'unknown', why: failure.code };
    if (response.status >= 500) return { kind: 'defect', what: `${method} ${path}: ${failure.code}` };
    return { kind: 'refused', status: response.status, ...failure };
  } catch (error) {
    // The line, the deadline, or an answer that was cut in the middle.
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

/** For what must simply work: the set-up before the first kill, the books after the last one. @throws {Error} */
export async function askApiOnce(url: string, request: ApiRequest): Promise<unknown> {
  const outcome = await askApi(url, request);
  if (outcome.kind === 'success') return outcome.body;
  throw new Error(`${request.method} ${request.path}: ${JSON.stringify(outcome)}`);
}
