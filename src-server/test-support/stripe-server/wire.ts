/** What Stripe's API looks like on the wire: who may ask, how parameters are sent, how an answer is. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import { type Form, readForm } from './form-body.ts';
import type { KeptAnswer } from './idempotency-keys.ts';
import { StripeRefusal } from './refusal.ts';

export interface Answer extends KeptAnswer {
  readonly headers: Readonly<Record<string, string>>;
}

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Bearer, or Basic with the key as the name and no password (docs.stripe.com/api/authentication). */
export function authenticate(request: IncomingMessage, secretKey: string): void {
  const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ');
  const given =
    scheme === 'Basic'
      ? Buffer.from(credentials, 'base64').toString('utf8').replace(/:$/, '')
      : scheme === 'Bearer'
        ? credentials
        : '';
  if (given === secretKey) return;
  const message =
    given === ''
      ? 'You did not provide an API key. You need to provide your API key in the Authorization header.'
      : `Invalid API Key provided: ${given.slice(0, 8)}****${given.slice(-4)}`;
  throw new StripeRefusal(401, { type: 'invalid_request_error', message }, false);
}

/** In the query of a GET, in the body of a POST, which must say that it is a form. */
export function readParameters(request: IncomingMessage, url: URL, body: string): Form {
  if (request.method === 'GET') return readForm(url.search.slice(1));
  const [type] = (request.headers['content-type'] ?? '').split(';');
  if (body !== '' && type !== 'application/x-www-form-urlencoded') {
    const message =
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded).';
    throw new StripeRefusal(400, { type: 'invalid_request_error', message }, false);
  }
  return readForm(body);
}

/** The same in whatever order the parameters were sent. */
export function fingerprintOf(form: Form): string {
  const sorted = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    sorted.map(([name, value]) => [name, typeof value === 'string' ? value : fingerprintOf(value)]),
  );
}

export function unknownUrl(method: string, path: string): StripeRefusal {
  const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs.`;
  return new StripeRefusal(404, { type: 'invalid_request_error', message }, false);
}

/** An endpoint that broke: its answer is kept, as any other. */
export function broken(): StripeRefusal {
  return new StripeRefusal(500, { type: 'api_error', message: 'An unknown error occurred.' }, true);
}

export function answerOf(
  status: number,
  content: object,
  requestId: string,
  key: string | undefined,
): Answer {
  const headers: Record<string, string> = {};
  if (key !== undefined) headers['idempotency-key'] = key;
  // Asking again would only replay it.
  if (status === 500) headers['stripe-should-retry'] = 'false';
  if (status === 401) headers['www-authenticate'] = 'Basic realm="Stripe"';
  return { status, body: JSON.stringify(content, undefined, 2), requestId, headers };
}

export function replayOf(kept: KeptAnswer, key: string, requestId: string): Answer {
  return {
    ...kept,
    requestId,
    headers: {
      'idempotency-key': key,
      'idempotent-replayed': 'true',
      'original-request': kept.requestId,
    },
  };
}

/** Sends the answer, or as much of it as the fault leaves. */
export function send(response: ServerResponse, answer: Answer, fault: Fault | undefined): void {
  if (fault?.kind === 'lose_answer') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-type': 'application/json',
    'request-id': answer.requestId,
    ...(fault?.kind === 'dribble' ? {} : { 'content-length': Buffer.byteLength(answer.body) }),
  });
  if (fault?.kind === 'cut_answer') {
    response.write(answer.body.slice(0, 20), () => response.destroy());
  } else if (fault?.kind === 'dribble') {
    const timer = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(timer));
  } else {
    response.end(answer.body);
  }
}
