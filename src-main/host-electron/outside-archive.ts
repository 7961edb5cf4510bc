/**
 * An archive's files are none to the operating system, and worker threads read modules in ways of their own. What
 * the terminal's process runs is therefore unpacked beside `app.asar` (asarUnpack in electron-builder.yml).
 * A path outside an archive, as during development, stays as it is.
 */
export function outsideArchive(file: string): string {
  return file.replace(/([\\/])app\.asar(?=[\\/])/, '$1app.asar.unpacked');
}
