/** What was written once may be the only copy of a day's sales: nothing is written over it. */
export class FileExistsError extends Error {
  readonly code = 'file_exists';

  constructor(file: string) {
    super(`There is already a file ${file}. Choose another name.`);
    this.name = 'FileExistsError';
  }
}
