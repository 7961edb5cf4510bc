/**
 * `npm test`: installs what is missing and runs everything. Starts under Node 20. Ends with `N passed, N failed`.
 * Faster, for one part: npm run test:unit -- src-domain; npm run test:e2e -- selling.
 */
import { installPackages, runNode } from './toolchain.mjs';
import { buildScreens } from './build-screens.mjs';

// The closing line comes last whatever happens: when nothing could even be started, that is one failure.
process.on('exit', (code) => {
  if (code !== 0 && !ran) console.log('0 passed, 1 failed');
});
let ran = false;
installPackages();
buildScreens();
ran = true;
process.exitCode = await runNode('scripts/run-all-tests.ts', process.argv.slice(2));
