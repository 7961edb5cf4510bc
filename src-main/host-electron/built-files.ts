/**
 * What the build makes of this folder, in one place: `scripts/build-electron.mjs` builds these, `main.ts` and
 * `launch.ts` start them. Paths are relative to `dist/electron`.
 *
 * Everything that runs in the terminal's process lies in a folder of its own: it is kept outside the asar archive,
 * so that a utility process and its worker threads load plain files, and the packaged terminal can be run without Electron.
 */
export const builtFiles = {
  main: 'main.mjs',
  /** CommonJS: a sandboxed preload script cannot be a module. */
  preload: 'preload.cjs',
  terminal: 'terminal/terminal.mjs',
  syncThread: 'terminal/sync-thread.mjs',
  careThread: 'terminal/care-thread.mjs',
} as const;

/** Sources, relative to the project. */
export const builtFrom = {
  main: 'src-main/host-electron/main.ts',
  preload: 'src-main/host-electron/preload.ts',
  terminal: 'src-main/host-electron/terminal-entry.ts',
  syncThread: 'src-main/sync/sync-thread.ts',
  careThread: 'src-main/care/care-thread.ts',
} as const satisfies Record<keyof typeof builtFiles, string>;

/** Packages with native code: never bundled, shipped beside the bundles. All other packages are bundled. */
export const nativePackages = ['better-sqlite3', '@node-rs/argon2', 'serialport', 'node-hid'] as const;
