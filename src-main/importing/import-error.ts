export type ImportErrorCode = 'file_unreadable' | 'not_csv' | 'wrong_header' | 'bad_rows' | 'bad_shop_file';

/** Nothing was imported. */
export class ImportError extends Error {
  readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string) {
    super(message);
    this.name = 'ImportError';
    this.code = code;
  }
}
