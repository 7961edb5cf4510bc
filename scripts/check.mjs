/** `npm run check`: format, lint and types. Starts under Node 20. */
import { installPackages, runNode } from './toolchain.mjs';

installPackages();
process.exitCode = await runNode('scripts/check-code.ts', process.argv.slice(2));
