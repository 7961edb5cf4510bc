import { keepIdentity } from '../care/identity-file.ts';
import { openStore } from '../store/open-store.ts';
import {
  type TerminalSettings,
  readTerminalSettings,
  writeTerminalSettings,
} from '../store/settings-store.ts';
import type { IssuedToken } from './issued-token.ts';
import { TokenError } from './token-error.ts';

/**
 * Gives a till that was enrolled again its new token. Its history stays, and goes to the server from where that stands.
 * @returns what the till is
 * @throws {StoreError} when the till is running or its store cannot be opened; {@link TokenError}
 */
export function changeSyncToken(
  folder: string,
  token: string,
  issuedTo?: IssuedToken['issuedTo'],
): TerminalSettings {
  const store = openStore(folder);
  try {
    const settings = readTerminalSettings(store.writer);
    if (!settings?.server) {
      throw new TokenError('no_server', 'This till has no server: enrol it instead. Nothing was changed.');
    }
    const { terminalId, locationId, server } = settings;
    if (issuedTo && (issuedTo.terminalId !== terminalId || issuedTo.locationId !== locationId)) {
      throw new TokenError(
        'other_terminal',
        `The token is for ${issuedTo.terminalId} in ${issuedTo.locationId}, this till is ${terminalId} in ${locationId}. Nothing was changed.`,
      );
    }
    const changed = {
      ...settings,
      server: { ...server, token, epoch: issuedTo?.epoch ?? server.epoch },
    };
    writeTerminalSettings(store.writer, changed);
    keepIdentity(store.writer, folder);
    return changed;
  } finally {
    store.close();
  }
}
