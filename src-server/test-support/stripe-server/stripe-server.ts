/**
 * A server that behaves as Stripe documents its API v1, as far as we use it, on a loopback port of its own. It refuses
 * what Stripe would refuse: without that, a test against it would prove nothing. It can fail in all the ways in which a
 * network and a server fail, and its books say what was held, charged and given back.
 */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type Endpoint, endpointsOf } from './endpoints.ts';
import { type Fault, FaultPlan, type Step } from './faults.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { idMaker } from './object-ids.ts';
import { Parameters } from './parameters.ts';
import type { Charge, PaymentIntent } from './payment-intent.ts';
import { PaymentIntents } from './payment-intents.ts';
import { StripeRefusal } from './refusal.ts';
import { type Refund, Refunds } from './refunds.ts';
import {
  type Answer,
  answerOf,
  authenticate,
  broken,
  fingerprintOf,
  readParameters,
  readText,
  replayOf,
  send,
  unknownUrl,
} from './wire.ts';

export interface StripeServerOptions {
  /** The only key it takes. Default {@link TEST_KEY}. */
  readonly secretKey?: string;
}

/** A request that reached the server, whatever became of it. */
export interface SeenRequest {
  readonly step: Step;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface StripeServer {
  /** `http://127.0.0.1:…`, for `STRIPE_API_URL` */
  readonly url: string;
  readonly secretKey: string;
  readonly requests: readonly SeenRequest[];
  /** What was charged: one entry is one time that money left a card. */
  readonly charges: readonly Charge[];
  readonly refunds: readonly Refund[];
  /** Intents whose money is held and not yet taken. */
  holds(): PaymentIntent[];
  intents(): PaymentIntent[];
  intent(id: string): PaymentIntent;
  /** The next `times` requests of this step fail so. */
  failNext(step: Step, fault: Fault, times?: number): void;
  /** Asked for each request for which nothing is planned; for tests that fail at random. */
  failAsTold(choose: ((step: Step) => Fault | undefined) | undefined): void;
  /** A day goes by: no idempotency key is known any more. */
  forgetKeys(): void;
  /** A week goes by: the bank lets go of the hold. */
  expireHold(intentId: string): void;
  /** The status of refunds from now on. */
  refundsWillBe(status: Refund['status']): void;
  close(): Promise<void>;
}

/** No key of anybody: put together here, so that no scanner takes it for one that was committed by mistake. */
export const TEST_KEY = ['sk', 'test', 'double0123456789'].join('_');

export async function startStripeServer(options: StripeServerOptions = {}): Promise<StripeServer> {
  const secretKey = options.secretKey ?? TEST_KEY;
  const newId = idMaker();
  const intents = new PaymentIntents(newId);
  const refunds = new Refunds(intents, newId);
  const keys = new IdempotencyKeys();
  const plan = new FaultPlan();
  const requests: SeenRequest[] = [];
  const endpoints = endpointsOf(intents, refunds);
  let choose: ((step: Step) => Fault | undefined) | undefined;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request, endpoints, newId('req'));
    let fault: Fault | undefined;
    if (call.endpoint !== undefined) {
      const { step } = call.endpoint;
      const contentType = request.headers['content-type'];
      requests.push({ step, idempotencyKey: call.key, contentType, body: call.body });
      fault = plan.next(step) ?? choose?.(step);
    }
    switch (fault?.kind) {
      case 'lose_request':
        response.destroy();
        return;
      case 'bad_gateway':
        response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
        return;
      case 'answer':
        response.writeHead(200, { 'content-type': 'application/json' }).end(fault.body);
        return;
      default:
        send(response, await answerTo(call, fault), fault);
    }
  }

  /** Every answer but those of a network: it is kept under the key when the endpoint had begun. */
  async function answerTo(call: Call, fault: Fault | undefined): Promise<Answer> {
    const { request, url, key, requestId, endpoint } = call;
    const refusalOf = (error: unknown): Answer => {
      if (!(error instanceof StripeRefusal)) throw error;
      return answerOf(error.status, { error: error.body }, requestId, key);
    };
    let work: () => object;
    try {
      authenticate(request, secretKey);
      if (fault?.kind === 'refuse') throw new StripeRefusal(fault.status, fault.error, false);
      if (endpoint === undefined) throw unknownUrl(request.method ?? '', url.pathname);
      const form = readParameters(request, url, call.body);
      const id = decodeURIComponent(endpoint.path.exec(url.pathname)?.[1] ?? '');
      work = () => endpoint.work(new Parameters(form), id);
      const kept = key && keys.begin(key, `${request.method} ${url.pathname} ${fingerprintOf(form)}`);
      if (key && kept) return replayOf(kept, key, requestId);
    } catch (error) {
      return refusalOf(error);
    }

    let answer: Answer;
    let isKept = true;
    try {
      if (fault?.kind === 'server_error' && fault.after === 'nothing') throw broken();
      const result = work();
      if (fault?.kind === 'server_error') throw broken();
      answer = answerOf(200, result, requestId, key);
    } catch (error) {
      answer = refusalOf(error);
      isKept = error instanceof StripeRefusal && error.isKept;
    }
    if (fault?.kind === 'hold') await fault.until;
    if (key !== undefined) {
      if (isKept) keys.keep(key, answer);
      else keys.release(key);
    }
    return answer;
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A fault of this server itself: no answer that Stripe could give, so that no test takes it for one.
      response.writeHead(599).end(String(error));
    });
  });
  return {
    url: await listen(server),
    secretKey,
    requests,
    charges: intents.charges,
    refunds: refunds.all,
    holds: () => [...intents.all.values()].filter(({ status }) => status === 'requires_capture'),
    intents: () => [...intents.all.values()],
    intent: (id) => intents.find(id),
    failNext: (step, fault, times = 1) => plan.add(step, fault, times),
    failAsTold(chooser) {
      choose = chooser;
    },
    forgetKeys: () => keys.forgetAll(),
    expireHold: (intentId) => intents.expire(intents.find(intentId), 'automatic'),
    refundsWillBe(status) {
      refunds.nextStatus = status;
    },
    close: () => close(server),
  };
}

interface Call {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly url: URL;
  readonly body: string;
  readonly endpoint: Endpoint | undefined;
  /** Only a POST's counts. */
  readonly key: string | undefined;
}

async function readCall(
  request: IncomingMessage,
  endpoints: readonly Endpoint[],
  requestId: string,
): Promise<Call> {
  const body = await readText(request);
  const url = new URL(request.url ?? '/', 'http://stripe.invalid');
  const endpoint = endpoints.find(({ method, path }) => method === request.method && path.test(url.pathname));
  const header = request.headers['idempotency-key'];
  const key = request.method === 'POST' && typeof header === 'string' ? header : undefined;
  return { request, requestId, url, body, endpoint, key };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeAllConnections();
  });
}
