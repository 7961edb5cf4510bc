/**
 * Builds main process, preload script and the terminal's process into `dist/electron` (or the folder after
 * `--out`). What is built from what stands in src-main/host-electron/built-files.ts. Runs on the pinned Node.
 */
import path from 'node:path';
import { renameSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { builtFiles, builtFrom, nativePackages } from '../src-main/host-electron/built-files.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
/** Node 24, as in the Electron of package.json. */
const TARGET = 'node24';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist/electron' } } });
const out = path.resolve(ROOT, values.out);
/** Built beside its place and put there whole: nobody ever starts half a build. */
const workshop = `${out}.new-${process.pid}`;

await bundle(['main'], 'es');
await bundle(['preload'], 'cjs');
// Together: terminal and sync thread share most of their code.
await bundle(['terminal', 'syncThread', 'careThread'], 'es');

rmSync(out, { recursive: true, force: true });
renameSync(workshop, out);

/**
 * Everything goes into the bundle but Electron itself, Node's own modules and what has native code.
 * @param {readonly (keyof typeof builtFiles)[]} names of entries in one folder
 * @param {'es' | 'cjs'} format
 */
async function bundle(names, format) {
  const folder = path.dirname(builtFiles[names[0] ?? 'main']);
  const external = ['electron', ...nativePackages];
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: true,
      target: TARGET,
      outDir: path.join(workshop, folder),
      emptyOutDir: false,
      copyPublicDir: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: Object.fromEntries(names.map((name) => [entryName(name), path.join(ROOT, builtFrom[name])])),
        external,
        output: {
          format,
          entryFileNames: `[name]${path.extname(builtFiles[names[0] ?? 'main'])}`,
          chunkFileNames: '[name]-[hash].mjs',
        },
      },
    },
  });
}

/** @param {keyof typeof builtFiles} name */
function entryName(name) {
  const { name: base } = path.parse(builtFiles[name]);
  return base;
}
