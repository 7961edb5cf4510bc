/**
 * What this till is, beside its database: with it a till whose database is gone, and of which there is no backup, is still this till
 * to its server. The token is in it, so it is for the till's user alone.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { chainBaseSchema, prepareChainBase } from '../store/chain-base.ts';
import { writeDurably } from '../store/durable-file.ts';
import type { ReadHandle } from '../store/handles.ts';
import { readTerminalSettings, terminalSettingsSchema } from '../store/settings-store.ts';

const identitySchema = z.object({ settings: terminalSettingsSchema, base: chainBaseSchema });
export type Identity = z.output<typeof identitySchema>;

function identityFile(folder: string): string {
  return path.join(folder, 'identity.json');
}

/** undefined for a till that was never set up. */
export function identityOf(store: ReadHandle): Identity | undefined {
  const settings = readTerminalSettings(store);
  return settings && { settings, base: prepareChainBase(store)() };
}

/** Written only when something in it has changed. */
export function keepIdentity(store: ReadHandle, folder: string): void {
  const identity = identityOf(store);
  if (!identity) return;
  const text = `${JSON.stringify(identity, null, 2)}\n`;
  if (textOf(folder) === text) return;
  writeDurably(identityFile(folder), text, 0o600);
}

/** undefined when there is none that can be read: then a person has to enrol the till anew. */
export function readIdentity(folder: string): Identity | undefined {
  const text = textOf(folder);
  if (text === undefined) return undefined;
  try {
    return identitySchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function textOf(folder: string): string | undefined {
  try {
    return readFileSync(identityFile(folder), 'utf8');
  } catch {
    return undefined;
  }
}
