/** Loaded with `--import` before the built main process: `electron` is then the stand-in beside this file. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: new URL('./fake-electron.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
