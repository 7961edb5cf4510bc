/** What the tills of a location have in common. */
import { z } from 'zod';
import { canonicalJson } from '#domain/events/canonical-json.ts';
import { draftOfLocationEvent } from '#domain/events/location-events.ts';
import { type LocationSettings, locationSettingsSchema } from '#sync/protocol/changes.ts';
import type { Database, Queryable } from '../database/database.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { EventLog, ServerOrigin } from '../log/event-log.ts';
import { checkVersion } from './expected-version.ts';
import { lockLocation } from './location-lock.ts';

export type SettingsWishes = Omit<LocationSettings, 'version'>;

export interface StoredSettings {
  /** As the tills get it. */
  readonly record: LocationSettings;
  readonly updatedAt: Date;
}

const settingsRow = z
  .object({
    settings: locationSettingsSchema.omit({ version: true }),
    version: z.int(),
    updated_at: z.date(),
  })
  .transform(({ settings, version, updated_at: updatedAt }): StoredSettings => ({
    record: { ...settings, version },
    updatedAt,
  }));

export async function readSettings(
  queryable: Queryable,
  locationId: string,
): Promise<StoredSettings | undefined> {
  const [stored] = await queryable.query(
    settingsRow,
    'SELECT settings, version, updated_at FROM location_settings WHERE location_id = $1',
    [locationId],
  );
  return stored;
}

export interface SettingsService {
  /** @throws {HttpFailure} `not_found` */
  find(locationId: string): Promise<StoredSettings>;
  /**
   * Makes the settings, or changes those that have this version. Who says nothing new changes nothing.
   * @param version undefined: there are none yet
   * @throws {HttpFailure} `not_found`, `version_differs`, `version_required`
   */
  put(
    wishes: SettingsWishes,
    version: number | undefined,
    origin: ServerOrigin,
  ): Promise<{ readonly stored: StoredSettings; readonly created: boolean }>;
}

export function createSettingsService(database: Database, log: EventLog): SettingsService {
  return {
    async find(locationId) {
      const stored = await readSettings(database, locationId);
      if (stored === undefined) throw new HttpFailure('not_found', `${locationId} has no settings yet`);
      return stored;
    },
    put: (wishes, expected, origin) =>
      log.write(async (tx) => {
        const { locationId, now } = origin;
        await lockLocation(tx, locationId);
        const before = await readSettings(tx, locationId);
        checkVersion('record of settings', before?.record, expected);
        if (before !== undefined && saysNothingNew(before, wishes)) return { stored: before, created: false };
        const version = (before?.record.version ?? 0) + 1;
        await tx.execute(
          `INSERT INTO location_settings (location_id, settings, version, updated_at) VALUES ($1, $2::text::jsonb, $3, $4)
           ON CONFLICT (location_id) DO UPDATE SET
             settings = EXCLUDED.settings, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at`,
          [locationId, canonicalJson(wishes), version, now.toISOString()],
        );
        const type = before === undefined ? 'settings.created' : 'settings.updated';
        await tx.append(origin, [draftOfLocationEvent({ type, version, locationId, settings: wishes })]);
        return { stored: { record: { ...wishes, version }, updatedAt: now }, created: before === undefined };
      }),
  };
}

function saysNothingNew({ record }: StoredSettings, wishes: SettingsWishes): boolean {
  return canonicalJson(record) === canonicalJson({ ...wishes, version: record.version });
}
