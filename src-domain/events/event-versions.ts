/**
 * Events are facts and never altered, but what Holdfast writes of a fact grows. `metadata.schema` says by which version of
 * its type an event was written; without it, by the first. Whoever reads an event brings it to the current version first:
 * readers then know one form only, however old the till was that wrote it.
 *
 *     stored texts ──▶ upcast: 1 → 2 → … → current ──▶ decodeEvent, decodeOrderFacts …
 *
 * The seed's payloads are a contract with others and stay as they are: what is new stands in the metadata.
 */
import { z } from 'zod';
import type { JsonValue } from './canonical-json.ts';
import { orderCreatedToVersion2 } from './order-facts.ts';

/** The JSON values of an event as it lies in a log. */
export interface VersionedData {
  readonly payload: JsonValue;
  readonly metadata: JsonValue;
}

/** From one version to the next. What the older one did not say is null in the newer, never a guess. */
export type Upcaster = (data: VersionedData) => VersionedData;

/** Of each type: from 1 to 2, from 2 to 3 … A type that is not here has one version. */
const UPCASTERS: Readonly<Record<string, readonly Upcaster[]>> = {
  'order.created': [orderCreatedToVersion2],
};

/**
 * A later Holdfast wrote this event, or nobody did: its version is no number from 1 on. It cannot be read here. It stays
 * in the log, and comes to those who wait for a person: the dead letters of a server, the unread of a till.
 */
export class EventVersionError extends Error {
  readonly code = 'event_version_unknown';

  constructor(eventType: string, version: JsonValue) {
    super(
      `It is ${eventType} in version ${JSON.stringify(version)}; this Holdfast knows it up to version ${currentVersionOf(eventType)}`,
    );
    this.name = 'EventVersionError';
  }
}

const schemaField = z.looseObject({ schema: z.custom<JsonValue>().optional() });

/** What the event says of its version: 1 where it says nothing. Anything but a number from 1 on is no version. */
export function versionIn(metadata: JsonValue): JsonValue {
  const parsed = schemaField.safeParse(metadata);
  return parsed.success && parsed.data.schema !== undefined ? parsed.data.schema : 1;
}

/** What is written now. */
export function currentVersionOf(eventType: string): number {
  return 1 + upcastersOf(eventType).length;
}

/**
 * The event as if the current Holdfast had written it.
 * @throws {EventVersionError}
 */
export function upcast(eventType: string, data: VersionedData): VersionedData {
  const version = versionIn(data.metadata);
  const upcasters = upcastersOf(eventType);
  if (!isVersion(version) || version > 1 + upcasters.length) throw new EventVersionError(eventType, version);
  return upcasters.slice(version - 1).reduce((current, step) => step(current), data);
}

/** Why {@link upcast} would refuse the event; undefined when it would not. Cheaper, for who reads the payload alone. */
export function versionRefusal(eventType: string, version: JsonValue): EventVersionError | undefined {
  return isVersion(version) && version <= currentVersionOf(eventType)
    ? undefined
    : new EventVersionError(eventType, version);
}

function isVersion(version: JsonValue): version is number {
  return typeof version === 'number' && Number.isSafeInteger(version) && version >= 1;
}

function upcastersOf(eventType: string): readonly Upcaster[] {
  return Object.hasOwn(UPCASTERS, eventType) ? (UPCASTERS[eventType] ?? []) : [];
}
