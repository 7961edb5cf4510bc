/** Trades a one-time code for a terminal's name and token. Asked again with the same request id, the server answers the same. */
import { z } from 'zod';
import { locationIdSchema, terminalIdSchema } from '#domain/identifiers.ts';
import { EnrolError } from './enrol-error.ts';

const ANSWER_WITHIN_MS = 20_000;

const enrolmentSchema = z.object({
  terminal_id: terminalIdSchema,
  location_id: locationIdSchema,
  epoch: z.int().min(1),
  token: z.string().min(1).max(200),
  /** The last event that the server has of this terminal. */
  head: z.object({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  /** The number of the first receipt. */
  receipt_counter_from: z.int().min(1),
  protocol: z.int(),
});
export type Enrolment = z.output<typeof enrolmentSchema>;

const failureSchema = z.object({ code: z.string(), message: z.string() });

/** @throws {EnrolError} */
export async function askEnrolment(serverUrl: string, code: string, requestId: string): Promise<Enrolment> {
  const response = await answerOf(serverUrl, { code, request_id: requestId });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(serverUrl, response.status, body);
  const parsed = enrolmentSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new EnrolError(
    'not_understood',
    `The answer of ${serverUrl} is no enrolment of this version of Holdfast.`,
    {
      cause: parsed.error,
    },
  );
}

async function answerOf(serverUrl: string, body: object): Promise<Response> {
  try {
    return await fetch(new URL('/api/enrol', serverUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: 'error',
    });
  } catch (error) {
    throw new EnrolError(
      'server_unreachable',
      `${serverUrl} does not answer. Run the same command again when it does: the code stays good.`,
      { cause: error },
    );
  }
}

function refusal(serverUrl: string, status: number, body: unknown): EnrolError {
  const said = failureSchema.safeParse(body).data;
  if (!said || status === 404) {
    return new EnrolError(
      'not_understood',
      `${serverUrl} answered with status ${status}; it does not enrol tills.`,
    );
  }
  return status >= 500
    ? new EnrolError('server_failed', `The server could not enrol this till: ${said.message} (${said.code})`)
    : new EnrolError('code_refused', `The server refused the code: ${said.message} (${said.code})`);
}
