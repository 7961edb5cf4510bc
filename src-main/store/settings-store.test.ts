import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { type Store, createStore } from './open-store.ts';
import { type TerminalSettings, readTerminalSettings, writeTerminalSettings } from './settings-store.ts';
import { StoreError } from './store-errors.ts';

const SETTINGS: TerminalSettings = {
  storeName: 'Harbor Wine & Spirits',
  storeAddress: ['214 Harbor Street'],
  receiptFooter: [],
  locationId: 'STORE-001',
  terminalId: 'T1',
  server: { url: 'http://127.0.0.1:7400', token: 'a-secret-token', epoch: 1 },
  printer: null,
};

let temporary: TemporaryFolder;
let store: Store;
beforeEach(() => {
  temporary = temporaryFolder();
  store = createStore(temporary.join('till'));
});
afterEach(() => {
  store.close();
  temporary.remove();
});

function keep(text: string): void {
  store.writer.connection.prepare("INSERT INTO settings (key, value) VALUES ('terminal', ?)").run(text);
}

describe("the till's settings", () => {
  test('are read as they were written, and are none before', () => {
    expect(readTerminalSettings(store.writer)).toBeUndefined();
    writeTerminalSettings(store.writer, SETTINGS);
    expect(readTerminalSettings(store.writer)).toEqual(SETTINGS);
  });

  test.each([
    ['cut off', JSON.stringify(SETTINGS).slice(0, -20), 'all of them'],
    ['no object', '7', 'all of them'],
    ['without a part', JSON.stringify({ ...SETTINGS, terminalId: undefined }), 'terminalId'],
    [
      'with a bad part',
      JSON.stringify({ ...SETTINGS, server: { url: 'none', token: 'a-secret-token' } }),
      'server.url',
    ],
  ])('that are %s: a StoreError that names the part, and no secret', (_name, text, part) => {
    keep(text);
    let thrown: unknown;
    try {
      readTerminalSettings(store.writer);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(StoreError);
    expect(thrown).toMatchObject({
      code: 'store_settings_unreadable',
      message: expect.stringContaining(`cannot be read (${part})`) as unknown,
    });
    expect(JSON.stringify([String(thrown), thrown])).not.toContain('secret');
  });
});
