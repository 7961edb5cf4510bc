/**
 * Packages the built till: `node scripts/package-electron.mjs` makes this system's installers, with `--dir` only the
 * unpacked application. `--placeholder` is for machines that cannot have Electron's binary: the real `app.asar` is
 * written beside a placeholder in the binary's place, so that its content can be looked at. Such a folder runs nothing.
 * `--out FOLDER` writes elsewhere than dist/packages. Build first: `npm run build`, `npm run build:electron`.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, fail, runTool } from './toolchain.mjs';

const NEEDED = ['dist/renderer/index.html', 'dist/electron/main.mjs'];
/** What electron-builder looks for in an unpacked Electron of this system. */
const PLACEHOLDERS = { linux: ['electron'], win32: ['electron.exe'] };

const { values } = parseArgs({
  options: {
    dir: { type: 'boolean', default: false },
    placeholder: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const missing = NEEDED.filter((file) => !existsSync(path.join(ROOT, file)));
if (missing.length > 0) {
  fail(`Not built yet: ${missing.join(', ')}. Run \`npm run build\` and \`npm run build:electron\` first.`);
}

const args = ['--publish', 'never'];
if (values.dir || values.placeholder) args.push('--dir');
if (values.out !== undefined) args.push(`--config.directories.output=${path.resolve(values.out)}`);
const placeholder = values.placeholder ? placeholderElectron() : undefined;
if (placeholder !== undefined) args.push('--config', path.join(placeholder, 'electron-builder.json'));
const status = runTool('electron-builder', args);
if (placeholder !== undefined) rmSync(placeholder, { recursive: true });
process.exitCode = status;

/** @returns a folder with `electron-builder.json`, which puts the folder beside it in the place of Electron's binary */
function placeholderElectron() {
  const platform = process.platform;
  if (platform !== 'linux' && platform !== 'win32') fail('A placeholder works on Linux and Windows only.');
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-no-electron-'));
  const electronDist = path.join(folder, 'electron');
  mkdirSync(path.join(electronDist, 'resources'), { recursive: true });
  for (const name of PLACEHOLDERS[platform]) {
    writeFileSync(path.join(electronDist, name), 'A placeholder: this machine has no Electron.\n', {
      mode: 0o755,
    });
  }
  // A placeholder has no fuses to set.
  const config = { extends: path.join(ROOT, 'electron-builder.yml'), electronDist, electronFuses: null };
  writeFileSync(path.join(folder, 'electron-builder.json'), JSON.stringify(config));
  return folder;
}
