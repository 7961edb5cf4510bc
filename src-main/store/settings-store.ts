/** What this till is and whom it talks to. Written at set-up; read at start. */
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { locationIdSchema, plainText, terminalIdSchema } from '#domain/identifiers.ts';
import type { ReadHandle, WriteHandle } from './handles.ts';
import { settings } from './schema.ts';
import { StoreError } from './store-errors.ts';

export const terminalSettingsSchema = z.object({
  storeName: plainText(60),
  storeAddress: z.array(plainText(60)).max(4),
  receiptFooter: z.array(plainText(100)).max(6),
  locationId: locationIdSchema,
  terminalId: terminalIdSchema,
  /** Central server; null for a till that never syncs. */
  server: z
    .object({
      url: z.url(),
      token: z.string().min(1).max(200),
      /** Goes up each time a PC is enrolled under this terminal's name. Release 0.1.0 knew only the first. */
      epoch: z.int().min(1).default(1),
    })
    .nullable(),
  /** Network printer with the drawer on it; null for a till without one. */
  printer: z
    .object({ host: z.string().min(1), port: z.int().min(1).max(65_535), model: z.string().min(1) })
    .nullable(),
});
export type TerminalSettings = z.output<typeof terminalSettingsSchema>;
/** As they may be written: without what has a default. */
export type NewTerminalSettings = z.input<typeof terminalSettingsSchema>;

const KEY = 'terminal';

/** @throws {StoreError} `store_settings_unreadable` when the stored settings are not those of this version */
export function readTerminalSettings({ query }: ReadHandle): TerminalSettings | undefined {
  const row = query.select().from(settings).where(eq(settings.key, KEY)).get();
  if (!row) return undefined;
  const parsed = terminalSettingsSchema.safeParse(jsonOf(row.value));
  if (parsed.success) return parsed.data;
  // The names of what is wrong and nothing of the text: the server's token is in it.
  const wrong = parsed.error.issues.map((issue) => issue.path.join('.') || 'all of them').join(', ');
  throw new StoreError(
    'store_settings_unreadable',
    `The till's settings in its database cannot be read (${wrong}). Nothing was changed. Restore the last backup of the till's folder, or call IT.`,
    { cause: parsed.error },
  );
}

/** undefined, which no settings are, when the text is no JSON; its error would quote the text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function writeTerminalSettings({ write }: WriteHandle, value: NewTerminalSettings): void {
  const text = JSON.stringify(terminalSettingsSchema.parse(value));
  write
    .insert(settings)
    .values({ key: KEY, value: text })
    .onConflictDoUpdate({ target: settings.key, set: { value: text } })
    .run();
}

/** Where a device or the server is now. */
export interface MovedDevices {
  readonly server?: string;
  readonly printer?: { readonly host: string; readonly port: number };
}

/** What the till is never changes between starts; where its server and printer are may. */
export function withMovedDevices(
  settings: TerminalSettings,
  { server, printer }: MovedDevices,
): TerminalSettings {
  return {
    ...settings,
    server: settings.server && server !== undefined ? { ...settings.server, url: server } : settings.server,
    printer: settings.printer && printer ? { ...settings.printer, ...printer } : settings.printer,
  };
}
