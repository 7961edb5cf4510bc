/** A power cut right after the first start, which loses all that was not synced, the names of new folders included. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enrolTerminal, isEnrolled } from '#box/enrol.ts';
import { openStore } from '#main/store/open-store.ts';
import { readTerminalSettings } from '#main/store/settings-store.ts';
import { type TemporaryFolder, temporaryFolder } from '#main/test-support/temporary-folder.ts';
import { SETTINGS } from '#main/test-support/test-till.ts';
import { startKillableServer } from './killable-server.ts';
import { loseUnsynced } from './lose-unsynced.ts';
import { canCompileLayer, compileLayer, layerEnvironment } from './unsynced-layer.ts';

describe.skipIf(!canCompileLayer)('a power cut right after the first start', () => {
  let temporary: TemporaryFolder;
  let disk: string;
  let environment: Record<string, string>;
  beforeEach(() => {
    temporary = temporaryFolder();
    disk = temporary.join('disk');
    mkdirSync(disk);
    const library = compileLayer(temporary.path);
    environment = layerEnvironment({ library, watched: disk, journal: temporary.join('unsynced') });
  });
  afterEach(() => temporary.remove());

  test('leaves a till that was set up', { timeout: 60_000 }, () => {
    const files = {
      catalogue: `sku,name,merchandise_code,cost,price,case_size,active,barcodes,minimum_age,deposit,reorder_point,on_hand
WATER-STILL-001,Still Water 1L,WATER,0.30,0.99,12,true,,,0,0,50
`,
      codes: 'code,description,tax_category,tax_rate_bps,gl_account\nWATER,Water,food,0,4130\n',
      keys: 'sku,label,picture\n',
      staff: 'user_id,name,role,pin\nmaya.torres,Maya Torres,cashier,1111\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(temporary.join(`${name}.csv`), text);
    const script = path.join(import.meta.dirname, 'set-up-and-die.ts');
    const folder = path.join(disk, 'till');
    const { stdout, signal } = spawnSync(process.execPath, [script, folder, temporary.path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    expect([stdout, signal]).toEqual(['set up\n', 'SIGKILL']);
    loseUnsynced(disk, temporary.join('unsynced'));
    const store = openStore(folder);
    expect(readTerminalSettings(store.writer)).toMatchObject({ terminalId: SETTINGS.terminalId });
    expect(store.writer.connection.prepare('SELECT quantity FROM stock').pluck().all()).toEqual([50]);
    store.close();
  });

  test('leaves a server with the terminal that it had enrolled', { timeout: 120_000 }, async () => {
    const data = path.join(disk, 'shop', 'server');
    const first = await startKillableServer(data, environment);
    await enrolTerminal(first.url, first.adminKey, { terminalId: 'T1', locationId: 'STORE-001' });
    await first.kill();
    loseUnsynced(disk, temporary.join('unsynced'));
    const second = await startKillableServer(data);
    try {
      expect(await isEnrolled(second.url, second.adminKey, 'T1')).toBe(true);
    } finally {
      await second.stop();
    }
  });
});
