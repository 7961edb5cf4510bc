import { StoreError } from '../store/store-errors.ts';
import { HealError } from '../care/heal-error.ts';
import { ImportError } from '../importing/import-error.ts';
import { EnrolError } from '../setup/enrol-error.ts';
import { TokenError } from '../setup/token-error.ts';
import { ArchiveDamagedError } from '../store/archive-file.ts';
import { HistoryLostError } from '../store/history-reader.ts';
import { FileExistsError } from './file-exists-error.ts';

/** An error that a person can act on, as code and sentence; undefined for a fault of ours. */
export function reasonOf(error: unknown): { readonly code: string; readonly message: string } | undefined {
  if (
    error instanceof StoreError ||
    error instanceof ImportError ||
    error instanceof HealError ||
    error instanceof EnrolError ||
    error instanceof TokenError ||
    error instanceof FileExistsError ||
    error instanceof HistoryLostError ||
    error instanceof ArchiveDamagedError
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

/** Runs a command: what keeps it from its work is printed as a sentence, and the exit code is 1. */
export async function orSayWhy(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = reasonOf(error);
    // What a disk or SQLite says is a sentence too.
    console.error(
      reason ? `${reason.message} (${reason.code})` : error instanceof Error ? error.message : error,
    );
    process.exitCode = 1;
  }
}
