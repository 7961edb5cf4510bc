/**
 * PGlite's file layer with a working fsync.
 *
 * As it comes, PGlite starts PostgreSQL with `-F` (fsync off), and its file layer has no fsync to call: strace
 * shows none, whatever the settings. A power cut could take acknowledged sales back or tear the folder. Emscripten
 * calls `stream_ops.fsync` of the mounted file system when it exists, so it is added here, and PostgreSQL is told
 * to use it: one fsync per commit, and the checkpoint's fsyncs in PostgreSQL's own order.
 * `wal_sync_method` must be `fsync`, because Emscripten answers fdatasync itself and does nothing.
 */
import { fsyncSync, writeSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { PGlite } from '@electric-sql/pglite';

type InitResult = Awaited<ReturnType<NodeFS['init']>>;
type InitParameters = Parameters<NodeFS['init']>;

/** The part of Emscripten's NODEFS that is touched. */
interface NodeFileSystem {
  readonly stream_ops: {
    /** `nfd` is Node's file descriptor */
    fsync?: (stream: { readonly nfd?: number }) => number;
    /** `path` is that inside the WebAssembly. @throws Emscripten's own error, which says no more than a number */
    write: (stream: { readonly path?: string }, ...rest: readonly unknown[]) => number;
  };
}

function isNodeFileSystem(value: unknown): value is NodeFileSystem {
  if (typeof value !== 'object' || value === null || !('stream_ops' in value)) return false;
  const operations = value.stream_ops;
  return (
    typeof operations === 'object' &&
    operations !== null &&
    'write' in operations &&
    typeof operations.write === 'function'
  );
}

export class DurableNodeFiles extends NodeFS {
  /** fsyncs done so far: tests and the start-up check read it. */
  syncs = 0;

  override async init(pg: InitParameters[0], options: InitParameters[1]): Promise<InitResult> {
    const result = await super.init(pg, options);
    result.emscriptenOpts.preRun = [
      ...(result.emscriptenOpts.preRun ?? []),
      (module: { readonly NODEFS: unknown }) => {
        const files = module.NODEFS;
        if (!isNodeFileSystem(files))
          throw new Error('PGlite has no NODEFS to add fsync to: nothing would be durable');
        files.stream_ops.fsync = ({ nfd }) => {
          if (nfd === undefined) return 0;
          try {
            fsyncSync(nfd);
          } catch (error) {
            endBecauseNothingIsDurable(
              `The disk refused to sync: ${error instanceof Error ? error.message : String(error)}`,
            );
          }
          this.syncs += 1;
          return 0;
        };
        const { write } = files.stream_ops;
        files.stream_ops.write = (stream, ...rest) => {
          try {
            return write(stream, ...rest);
          } catch (error) {
            if (isWriteAheadLog(stream.path))
              endBecauseNothingIsDurable('The write-ahead log cannot be written; the disk may be full');
            throw error;
          }
        };
      },
    ];
    return result;
  }
}

/** PGlite's own start parameters, without the one that turns fsync off. */
export const DURABLE_START_PARAMETERS: string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'fsync=on',
  '-c',
  'wal_sync_method=fsync',
];

/** sysexits' EX_IOERR. */
const IO_ERROR_EXIT = 74;

function isWriteAheadLog(path = ''): boolean {
  return path.includes('/pg_wal/');
}

/**
 * A disk that refuses to sync, or to take the write-ahead log, ends the process, as PostgreSQL itself panics: neither throwing
 * into the WebAssembly nor an errno comes back out of it, and the server would spin for ever. The commit was not acknowledged,
 * the write-ahead log recovers at the next start, and the tills still have every event. A table that finds no space is
 * different: its statement fails, and the server goes on.
 */
function endBecauseNothingIsDurable(reason: string): never {
  writeSync(2, `${reason}. The server ends.\n`);
  process.exit(IO_ERROR_EXIT);
}
