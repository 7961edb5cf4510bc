/** One request to the server's API with the admin's key. */
import { z } from 'zod';

export interface ServerRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
  /** Of the record that is changed: `If-Match`. */
  readonly version?: number;
  /** A refusal that is no error: what was there from a start that was interrupted. */
  readonly harmless?: string;
}

/** @returns the answer's JSON @throws when the server refuses */
export type AskServer = (request: ServerRequest) => Promise<unknown>;

const failureSchema = z.object({ code: z.string() });

export function asker(serverUrl: string, adminKey: string): AskServer {
  return async ({ method, path, body, idempotencyKey, version, harmless }) => {
    const response = await fetch(new URL(path, serverUrl), {
      method,
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    const failure = failureSchema.safeParse(answer);
    if (response.ok || (failure.success && failure.data.code === harmless)) return answer;
    throw new Error(`The server refused ${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  };
}
