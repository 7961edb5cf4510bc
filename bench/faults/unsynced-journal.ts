/** What `drop-unsynced.c` has noted, as far as it still counts: the changes behind the last sync of each file and folder. */
import { readFileSync } from 'node:fs';

/** A change of bytes or length. */
export interface FileChange {
  readonly kind: 'write' | 'truncate';
  readonly inode: bigint;
  /** Where `old` begins: the start of a page. */
  readonly offset: number;
  /** The bytes that were there, to the end of the last page that is touched or of the file. */
  readonly old: Buffer;
  /** Length of the file before. */
  readonly size: number;
  /** write: where it ends; truncate: the length after. */
  readonly end: number;
}

export type NameChange =
  | { readonly kind: 'create' | 'remove folder'; readonly folder: bigint; readonly path: string }
  /** `kept` is a second name of the removed file. */
  | { readonly kind: 'remove'; readonly folder: bigint; readonly path: string; readonly kept: string }
  | {
      readonly kind: 'rename';
      /** The one that it came into. */
      readonly folder: bigint;
      readonly from: bigint;
      readonly path: string;
      readonly to: string;
      readonly inode: bigint;
    };

export interface Unsynced {
  /** By inode, in the order they were made. */
  readonly files: ReadonlyMap<bigint, readonly FileChange[]>;
  readonly names: readonly NameChange[];
}

type Note = FileChange | NameChange | { readonly kind: 'sync' | 'sync folder'; readonly inode: bigint };

/** A note is written before its change: what a kill cut off at the end of the journal has not happened. */
export function readUnsynced(journal: string): Unsynced {
  const files = new Map<bigint, FileChange[]>();
  let names: NameChange[] = [];
  for (const note of notes(readFileSync(journal))) {
    switch (note.kind) {
      case 'write':
      case 'truncate':
        changesOf(files, note.inode).push(note);
        break;
      case 'sync':
        files.delete(note.inode);
        break;
      case 'sync folder':
        names = names.filter(({ folder }) => folder !== note.inode);
        break;
      case 'create':
      case 'remove':
      case 'remove folder':
      case 'rename':
        names.push(note);
    }
  }
  return { files, names };
}

function changesOf(files: Map<bigint, FileChange[]>, inode: bigint): FileChange[] {
  const known = files.get(inode) ?? [];
  files.set(inode, known);
  return known;
}

/** `struct note` of the C file. */
const HEADER_BYTES = 56;

function* notes(bytes: Buffer): Iterable<Note> {
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const number = (offset: number) => Number(bytes.readBigUInt64LE(at + offset));
    const paths = at + HEADER_BYTES;
    const other = paths + bytes.readUInt32LE(at + 4);
    const old = other + bytes.readUInt32LE(at + 8);
    const end = old + number(32);
    if (end > bytes.length) return;
    yield noteOf(bytes.readUInt32LE(at), {
      inode: bytes.readBigUInt64LE(at + 16),
      offset: bytes.readBigUInt64LE(at + 24),
      size: number(40),
      end: number(48),
      path: bytes.toString('utf8', paths, other),
      other: bytes.toString('utf8', other, old),
      old: bytes.subarray(old, end),
    });
    at = end;
  }
}

interface Fields {
  readonly inode: bigint;
  readonly offset: bigint;
  readonly size: number;
  readonly end: number;
  readonly path: string;
  readonly other: string;
  readonly old: Buffer;
}

/** The numbers are those of `enum kind` in the C file. */
function noteOf(kind: number, fields: Fields): Note {
  const { inode, offset, size, end, path, other, old } = fields;
  const change = { inode, offset: Number(offset), old, size, end };
  switch (kind) {
    case 1:
      return { kind: 'write', ...change };
    case 2:
      return { kind: 'truncate', ...change };
    case 3:
      return { kind: 'sync', inode };
    case 4:
      return { kind: 'sync folder', inode };
    case 5:
      return { kind: 'create', folder: inode, path };
    case 6:
      return { kind: 'remove', folder: inode, path, kept: other };
    case 7:
      return { kind: 'remove folder', folder: inode, path };
    case 8:
      return { kind: 'rename', folder: inode, from: BigInt(end), path, to: other, inode: offset };
    default:
      throw new Error(`The journal has a note of kind ${kind}`);
  }
}
