/** What an answer to a batch means, whatever stands around it. */
import { assertNever } from '#domain/assert-never.ts';
import type { PushReply, PushRequest } from '../protocol/messages.ts';
import { type LineEnd, transient, unknown } from './line-end.ts';
import { refusal } from './refusal.ts';

export type PushOutcome =
  /** All of the batch is durable there, what the server can never use among it. */
  | { readonly kind: 'acknowledged'; readonly through: number }
  /** Nothing was applied, and the same is wanted later on this line. */
  | { readonly kind: 'paused' }
  /** Nothing was applied: something before it is missing there. */
  | { readonly kind: 'gap'; readonly message: string }
  | LineEnd;

/** @param head seq of the last event that was written */
export function judgePush(request: PushRequest, reply: PushReply, head: number): PushOutcome {
  if (reply.ok) return judgeAcknowledgement(request, reply.ackedThrough, head);
  switch (reply.code) {
    case 'gap':
      return { kind: 'gap', message: reply.message };
    case 'paused':
      return { kind: 'paused' };
    case 'unavailable':
      return transient(reply.message);
    case 'chain_broken':
      return refusal('forked', request.terminalId, reply.message);
    case 'malformed':
      return refusal('not_understood', request.terminalId, reply.message);
    case 'wrong_terminal':
      return refusal('unauthorized', request.terminalId, reply.message);
    default:
      return assertNever(reply.code);
  }
}

/**
 * More than was sent on this line is possible, when the server commits late what a former line carried; more than was
 * written is not, nor is less than the batch that the answer is for.
 */
function judgeAcknowledgement({ from, events }: PushRequest, through: number, head: number): PushOutcome {
  const last = from + events.length - 1;
  return through < last || through > head
    ? unknown(`The server acknowledged event ${through}, which cannot be.`)
    : { kind: 'acknowledged', through };
}
