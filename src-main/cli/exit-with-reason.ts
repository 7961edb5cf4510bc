import { StoreError } from '../store/store-errors.ts';
import { ImportError } from '../importing/import-error.ts';

/** An error that a person can act on, as code and sentence; undefined for a fault of ours. */
export function reasonOf(error: unknown): { readonly code: string; readonly message: string } | undefined {
  if (error instanceof StoreError || error instanceof ImportError)
    return { code: error.code, message: error.message };
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return {
      code: 'port_taken',
      message: 'That port is taken by another program. Choose another one with --port.',
    };
  }
  return undefined;
}
