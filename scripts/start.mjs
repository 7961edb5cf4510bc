/** `npm start`: installs what is missing, builds the screens, runs the store in a box. Starts under Node 20. */
import { installPackages, runNode } from './toolchain.mjs';
import { buildScreens } from './build-screens.mjs';

const args = process.argv.slice(2);
installPackages();
if (!args.includes('--help') && !args.includes('-h')) buildScreens();
process.exitCode = await runNode('box/start.ts', args);
