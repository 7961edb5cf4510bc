/** The folder that holds a store in a box. It is marked as one and locked, so that `--fresh` can empty no other and no running one. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lockFolder as lockTill } from '#main/store/folder-lock.ts';
import { StoreError } from '#main/store/store-errors.ts';
import { DatabaseStartError } from '#server/database/database-failure.ts';
import { lockFolder as lockServer } from '#server/database/folder-lock.ts';

const MARK = 'holdfast-box.json';
/** All that the box makes, and all that `--fresh` removes: what somebody else put there stays. */
const OWN = [
  'server',
  'terminal',
  'terminal.new',
  'terminal.enrolment.json',
  'enrolment-code',
  'logs',
] as const;

export interface BoxFolders {
  readonly root: string;
  readonly server: string;
  readonly terminal: string;
  readonly logs: string;
  /** The code that the till is being enrolled with, while it is not. */
  readonly enrolmentCode: string;
  /** Another start may use the folder from here on. */
  release(): void;
}

export class DataFolderError extends Error {}

/** @throws {DataFolderError} when the folder holds something else, is in use, or cannot be written */
export function openDataFolder(root: string, fresh: boolean): BoxFolders {
  const folder = path.resolve(root);
  const marked = existsSync(path.join(folder, MARK));
  const isEmpty = !existsSync(folder) || readdirSync(folder).length === 0;
  if (!marked && !isEmpty) {
    throw new DataFolderError(
      `${folder} is not empty and holds no Holdfast data. Choose another folder with --data.`,
    );
  }
  const folders = {
    root: folder,
    server: path.join(folder, 'server'),
    terminal: path.join(folder, 'terminal'),
    logs: path.join(folder, 'logs'),
    enrolmentCode: path.join(folder, 'enrolment-code'),
  };
  try {
    mkdirSync(folder, { recursive: true });
    const lock = lockTill(folder);
    if (fresh && marked) empty(folder, folders);
    mkdirSync(folders.logs, { recursive: true });
    mkdirSync(folders.server, { recursive: true });
    writeFileSync(path.join(folder, MARK), `${JSON.stringify({ kind: 'holdfast-box' })}\n`);
    return { ...folders, release: () => lock.release() };
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    if (error instanceof StoreError && error.code === 'store_locked') throw inUse(folder, error);
    throw new DataFolderError(`Holdfast cannot write to ${folder}. Choose another folder with --data.`, {
      cause: error,
    });
  }
}

/** A service may outlive the start that was killed for a moment; its own lock says so. */
function empty(folder: string, { server, terminal }: Pick<BoxFolders, 'server' | 'terminal'>): void {
  try {
    if (existsSync(terminal)) lockTill(terminal).release();
    const database = path.join(server, 'database');
    if (existsSync(database)) lockServer(database).release();
  } catch (error) {
    if (error instanceof StoreError || error instanceof DatabaseStartError) throw inUse(folder, error);
    throw error;
  }
  for (const name of OWN) rmSync(path.join(folder, name), { recursive: true, force: true });
}

function inUse(folder: string, cause: unknown): DataFolderError {
  return new DataFolderError(`Another Holdfast is running on ${folder}. Stop it first.`, { cause });
}
