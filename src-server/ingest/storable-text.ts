/** Whether the texts of a frame come back out of the log as they went in: only then does its hash still prove it. */
import type { JsonValue } from '#domain/events/canonical-json.ts';
import { versionIn } from '#domain/events/event-versions.ts';
import { eventRecordSchema } from '#domain/events/event-record.ts';
import { instantSchema, locationIdSchema } from '#domain/identifiers.ts';
import type { FramedEvent } from '#sync/protocol/messages.ts';
import { isCanonical, readCanonical } from './canonical-text.ts';

export interface ReadTexts {
  /** the payload's value of the stock's events; undefined of all others */
  readonly data: JsonValue | undefined;
  /** what the metadata says of the event's version (`event-versions.ts`) */
  readonly version: JsonValue;
}

export interface TextReader {
  /** The values, or in words why the log cannot hold the event. */
  read(frame: FramedEvent): ReadTexts | string;
}

/** Any UUID; upper case would come back as lower case. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const { payload, metadata, eventType } = eventRecordSchema.shape;
const MAX_ID = 100;
/** The stock reads its events here and now; of all others nobody asks for more than that they can be stored. */
const READ_AT_ONCE = 'inventory.';

/** A canonical text escapes no letter, so a name in it stands there as it is. Most metadata says nothing of a version, and is not read then. */
const NAMES_VERSION = /"schema":/;

const BAD_PAYLOAD = 'its payload is no canonical JSON that can be stored';

/** For the frames of one batch: of the events of one sale most texts are the same, and each is looked at once. */
export function textReader(): TextReader {
  let knownMetadata = '';
  let version: JsonValue = 1;
  let knownTimestamp = '';
  const knownTypes = new Set<string>();
  let knownLocation = '';

  function isMetadata(text: string): boolean {
    if (text === knownMetadata) return true;
    if (!metadata.safeParse(text).success || !isCanonical(text)) return false;
    knownMetadata = text;
    version = NAMES_VERSION.test(text) ? versionIn(JSON.parse(text) as JsonValue) : 1;
    return true;
  }

  function isType(text: string): boolean {
    if (knownTypes.has(text)) return true;
    if (!eventType.safeParse(text).success) return false;
    knownTypes.add(text);
    return true;
  }

  function isTimestamp(text: string): boolean {
    if (text === knownTimestamp) return true;
    if (!isInstant(text)) return false;
    knownTimestamp = text;
    return true;
  }

  function isLocation(text: string): boolean {
    if (text === knownLocation) return true;
    if (!locationIdSchema.safeParse(text).success) return false;
    knownLocation = text;
    return true;
  }

  return {
    read(frame) {
      if (!UUID.test(frame.eventId)) return 'its id is no UUID';
      if (!isType(frame.eventType)) return 'its type is no name of an event';
      if (!isId(frame.aggregateId)) return 'what it is about has no id that can be stored';
      if (!isTimestamp(frame.timestamp)) return 'its time is no instant';
      if (!isLocation(frame.locationId)) return 'its location is no location id';
      if (!isMetadata(frame.metadata)) return 'its metadata is no canonical JSON that can be stored';
      if (!payload.safeParse(frame.payload).success) return BAD_PAYLOAD;
      if (!frame.eventType.startsWith(READ_AT_ONCE)) {
        return isCanonical(frame.payload) ? { data: undefined, version } : BAD_PAYLOAD;
      }
      const data = readCanonical(frame.payload);
      return data === undefined ? BAD_PAYLOAD : { data, version };
    },
  };
}

function isId(text: string): boolean {
  return text.length > 0 && text.length <= MAX_ID && text.isWellFormed() && !text.includes('\0');
}

/** PostgreSQL has no year 0. */
function isInstant(text: string): boolean {
  return instantSchema.safeParse(text).success && !text.startsWith('0000') && toText(text) === text;
}

function toText(text: string): string | undefined {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
