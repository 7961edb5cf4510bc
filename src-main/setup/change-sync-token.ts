import { keepIdentity } from '../care/identity-file.ts';
import { openStore } from '../store/open-store.ts';
import { readTerminalSettings, writeTerminalSettings } from '../store/settings-store.ts';

/**
 * Gives a till that was enrolled again its new token. Its history stays, and goes to the server from where that stands.
 * @throws {StoreError} when the till is running or its store cannot be opened
 */
export function changeSyncToken(folder: string, token: string): void {
  const store = openStore(folder);
  try {
    const settings = readTerminalSettings(store.writer);
    if (!settings?.server) return;
    writeTerminalSettings(store.writer, { ...settings, server: { ...settings.server, token } });
    keepIdentity(store.writer, folder);
  } finally {
    store.close();
  }
}
