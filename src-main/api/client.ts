/** The typed caller over any transport. Replies are parsed too: an older or newer terminal must not be believed blindly. */
import { ApiError, apiErrorBodySchema } from './errors.ts';
import {
  type MethodName,
  type ParsedRequestOf,
  type PushBody,
  type PushName,
  type ReplyOf,
  type RequestOf,
  contract,
  pushes,
} from './contract.ts';

/** What a call comes back as, over socket.io and over Electron's IPC alike. */
export type CallOutcome =
  { readonly ok: true; readonly reply: unknown } | { readonly ok: false; readonly error: unknown };

/** Carries calls to the terminal and its pushes back. Implemented by socket.io in a browser and by the preload bridge in Electron. */
export interface ApiTransport {
  /** Settles exactly once. @throws {ApiError} `connection_lost` when no answer can come any more. */
  call(name: MethodName, request: unknown): Promise<CallOutcome>;
  onPush(listener: (name: string, body: unknown) => void): () => void;
}

export interface ApiClient {
  /** @throws {ApiError} with one of the contract's codes; never resolves with undefined. */
  call<Name extends MethodName>(name: Name, request: RequestOf<Name>): Promise<ReplyOf<Name>>;
  on<Name extends PushName>(name: Name, listener: (body: PushBody<Name>) => void): () => void;
}

export function createApiClient(transport: ApiTransport): ApiClient {
  return {
    async call(name, request) {
      const outcome = await transport.call(name, request);
      if (outcome.ok) return parseReply(name, outcome.reply);
      const body = apiErrorBodySchema.safeParse(outcome.error);
      if (body.success) throw new ApiError(body.data.code, body.data.message, body.data.retry);
      throw new ApiError(
        'internal',
        'The till gave an answer that this screen does not understand.',
        'later',
      );
    },
    on(name, listener) {
      return transport.onPush((pushed, body) => {
        if (pushed !== name) return;
        const parsed = pushes[name].safeParse(body);
        if (parsed.success) listener(parsed.data as PushBody<typeof name>);
      });
    },
  };
}

function parseReply<Name extends MethodName>(name: Name, reply: unknown): ReplyOf<Name> {
  const parsed = contract[name].reply.safeParse(reply);
  if (parsed.success) return parsed.data as ReplyOf<Name>;
  throw new ApiError('internal', 'The till gave an answer that this screen does not understand.', 'later');
}

export type { MethodName, ParsedRequestOf, PushName, ReplyOf, RequestOf };
