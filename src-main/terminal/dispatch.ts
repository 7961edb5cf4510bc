/** One call from outside: known, allowed, well-formed, answered by the contract's shape, or refused with a code. */
import type { CallOutcome } from '../api/client.ts';
import { type Access, type MethodName, contract, isMethodName } from '../api/contract.ts';
import { ApiError } from '../api/errors.ts';
import type { Person } from '../api/views.ts';
import { sqliteCode } from '../store/store-errors.ts';
import type { Handlers } from './handlers.ts';

export interface DispatchOptions {
  readonly handlers: Handlers;
  readonly person: () => Person | null;
  /** Called for what is our fault; refusals are not errors. */
  readonly onError: (error: unknown, method: string) => void;
}

/** Never throws. Anything may come in: the peer is a web page. */
export async function dispatch(
  options: DispatchOptions,
  name: unknown,
  request: unknown,
): Promise<CallOutcome> {
  try {
    if (typeof name !== 'string' || !isMethodName(name)) {
      throw new ApiError('unknown_method', 'This till does not know that request. Reload the page.');
    }
    return { ok: true, reply: await callHandler(options, name, request) };
  } catch (error) {
    const refusal = asApiError(error);
    if (refusal.code === 'internal' || refusal.code === 'store_failed') options.onError(error, String(name));
    return { ok: false, error: refusal.toBody() };
  }
}

async function callHandler(options: DispatchOptions, name: MethodName, request: unknown): Promise<unknown> {
  const person = options.person();
  refuseAccess(contract[name].access, person);
  const parsed = contract[name].request.safeParse(request ?? {});
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ApiError(
      'bad_request',
      `The till cannot read that request${where === '' ? '' : ` (${where})`}.`,
    );
  }
  // The table ties each handler to its method's schema; the compiler cannot follow that through an index.
  const handler = options.handlers[name] as (request: unknown, person: Person | null) => unknown;
  const reply = await handler(parsed.data, person);
  return contract[name].reply.parse(reply);
}

function refuseAccess(access: Access, person: Person | null): void {
  if (access === 'anyone') return;
  if (!person) throw new ApiError('not_signed_in', 'Sign in first.', 'now');
  if (access === 'manager' && person.role !== 'manager') {
    throw new ApiError('not_allowed', 'This is for a manager. Ask one to sign in.');
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const code = sqliteCode(error);
  if (code === 'SQLITE_FULL') {
    return new ApiError(
      'disk_full',
      'The disk of this till is full. Nothing was sold; free some space and press again.',
      'later',
    );
  }
  if (code !== undefined) {
    return new ApiError(
      'store_failed',
      'The till could not write to its disk. Nothing was sold. Call IT.',
      'later',
    );
  }
  return new ApiError('internal', 'Something went wrong in the till. Nothing was changed. Try again.', 'now');
}
