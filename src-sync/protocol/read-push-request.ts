/**
 * `pushRequestSchema` by hand: the one message that comes a hundred times a second from a till with a backlog, with 500 events
 * in each. The schema is the definition, and `read-push-request.test.ts` holds the two against each other; this takes
 * less than half of its time.
 */
import { terminalIdSchema } from '#domain/identifiers.ts';
import { type FramedEvent, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, type PushRequest } from './messages.ts';

const MAX_NAME = 100;
const MAX_LABEL = 1_000;
const HASH = /^[0-9a-f]{64}$/;

/** The request without what the schema does not know, or undefined where the schema refuses it. */
export function readPushRequest(message: unknown): PushRequest | undefined {
  if (!isRecord(message)) return undefined;
  const { from, events: sent } = message;
  const terminalId = terminalIdSchema.safeParse(message['terminalId']);
  if (!terminalId.success || !isNumber(from)) return undefined;
  if (!Array.isArray(sent) || sent.length === 0 || sent.length > MAX_BATCH_EVENTS) return undefined;
  const events: FramedEvent[] = [];
  for (const one of sent as readonly unknown[]) {
    const event = readFrame(one);
    if (event === undefined) return undefined;
    events.push(event);
  }
  return { terminalId: terminalId.data, from, events };
}

function readFrame(value: unknown): FramedEvent | undefined {
  if (!isRecord(value)) return undefined;
  const { eventId, terminalId, seq, eventType, aggregateId, timestamp, locationId } = value;
  const { payload, metadata, prevHash, hash } = value;
  return isText(eventId, MAX_NAME) &&
    isText(terminalId, MAX_NAME) &&
    isNumber(seq) &&
    isText(eventType, MAX_LABEL) &&
    isText(aggregateId, MAX_LABEL) &&
    isText(timestamp, MAX_NAME) &&
    isText(locationId, MAX_NAME) &&
    isText(payload, MAX_BATCH_BYTES) &&
    isText(metadata, MAX_BATCH_BYTES) &&
    isHash(prevHash) &&
    isHash(hash)
    ? {
        eventId,
        terminalId,
        seq,
        eventType,
        aggregateId,
        timestamp,
        locationId,
        payload,
        metadata,
        prevHash,
        hash,
      }
    : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength;
}

/** Of an event in its chain: 1, 2, 3 … */
function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** Lower-case hex. */
function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}
