import { StoreError } from '../store/store-errors.ts';
import { HealError } from '../care/heal-error.ts';
import { ImportError } from '../importing/import-error.ts';
import { EnrolError } from '../setup/enrol-error.ts';

/** An error that a person can act on, as code and sentence; undefined for a fault of ours. */
export function reasonOf(error: unknown): { readonly code: string; readonly message: string } | undefined {
  if (
    error instanceof StoreError ||
    error instanceof ImportError ||
    error instanceof HealError ||
    error instanceof EnrolError
  )
    return { code: error.code, message: error.message };
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return {
      code: 'port_taken',
      message: 'That port is taken by another program. Choose another one with --port.',
    };
  }
  return undefined;
}
