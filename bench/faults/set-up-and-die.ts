/** Child script: sets up a till in a folder, says so, and dies at that moment. Arguments: folder, folder of the shop's files. */
import { writeSync } from 'node:fs';
import path from 'node:path';
import { setUpTerminal } from '#main/setup/set-up-terminal.ts';
import { SETTINGS } from '#main/test-support/test-till.ts';

const [folder = '', files = ''] = process.argv.slice(2);
await setUpTerminal({
  folder,
  settings: SETTINGS,
  files: {
    catalogue: path.join(files, 'catalogue.csv'),
    merchandiseCodes: path.join(files, 'codes.csv'),
    quickKeys: path.join(files, 'keys.csv'),
    staff: path.join(files, 'staff.csv'),
  },
  now: new Date(),
});
writeSync(process.stdout.fd, 'set up\n');
process.kill(process.pid, 'SIGKILL');
