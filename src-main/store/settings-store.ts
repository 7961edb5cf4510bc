/** What this till is and whom it talks to. Written at set-up; read at start. */
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { locationIdSchema, plainText, terminalIdSchema } from '#domain/identifiers.ts';
import type { ReadHandle, WriteHandle } from './handles.ts';
import { settings } from './schema.ts';

export const terminalSettingsSchema = z.object({
  storeName: plainText(60),
  storeAddress: z.array(plainText(60)).max(4),
  receiptFooter: z.array(plainText(100)).max(6),
  locationId: locationIdSchema,
  terminalId: terminalIdSchema,
  /** Central server; null for a till that never syncs. */
  server: z.object({ url: z.url(), token: z.string().min(1).max(200) }).nullable(),
  /** Network printer with the drawer on it; null for a till without one. */
  printer: z
    .object({ host: z.string().min(1), port: z.int().min(1).max(65_535), model: z.string().min(1) })
    .nullable(),
});
export type TerminalSettings = z.infer<typeof terminalSettingsSchema>;

const KEY = 'terminal';

/** @throws {z.ZodError} when the stored settings are not those of this version */
export function readTerminalSettings({ query }: ReadHandle): TerminalSettings | undefined {
  const row = query.select().from(settings).where(eq(settings.key, KEY)).get();
  return row && terminalSettingsSchema.parse(JSON.parse(row.value));
}

export function writeTerminalSettings({ write }: WriteHandle, value: TerminalSettings): void {
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
