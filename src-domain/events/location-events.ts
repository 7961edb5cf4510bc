/**
 * The events of what a location has of its own: its people, and the settings of its tills. They say what changed and which
 * version that made; the hash of a PIN is in none of them, because the log goes to many readers.
 */
import { assertNever } from '../assert-never.ts';
import type { JsonValue } from './canonical-json.ts';
import type { DraftEvent } from './holdfast-events.ts';

/** `version` is the record's after the change: 1, 2, 3 … also through a person's leaving and coming back. */
export type LocationEvent = { readonly version: number } & (
  | {
      readonly type: 'staff.created' | 'staff.updated';
      readonly userId: string;
      readonly name: string;
      readonly role: 'cashier' | 'manager';
      readonly active: boolean;
    }
  | {
      readonly type: 'settings.created' | 'settings.updated';
      readonly locationId: string;
      /** As the tills get them. */
      readonly settings: Readonly<Record<string, JsonValue>>;
    }
);
export type LocationEventType = LocationEvent['type'];

export const STAFF_EVENT_TYPES = ['staff.created', 'staff.updated'] as const satisfies LocationEventType[];
export const SETTINGS_EVENT_TYPES = [
  'settings.created',
  'settings.updated',
] as const satisfies LocationEventType[];
export const LOCATION_EVENT_TYPES: readonly LocationEventType[] = [
  ...STAFF_EVENT_TYPES,
  ...SETTINGS_EVENT_TYPES,
];

/** About a person by their id, about settings by the location's. */
export function draftOfLocationEvent(event: LocationEvent): DraftEvent {
  const { type: eventType, version } = event;
  switch (event.type) {
    case 'staff.created':
    case 'staff.updated': {
      const { userId, name, role, active } = event;
      return { eventType, aggregateId: userId, data: { user_id: userId, name, role, active, version } };
    }
    case 'settings.created':
    case 'settings.updated':
      return { eventType, aggregateId: event.locationId, data: { ...event.settings, version } };
    default:
      return assertNever(event);
  }
}
