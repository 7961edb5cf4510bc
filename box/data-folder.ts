/** The folder that holds a store in a box. It is marked as one, so that `--fresh` can never empty anything else. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const MARK = 'holdfast-box.json';

export interface BoxFolders {
  readonly root: string;
  readonly server: string;
  readonly terminal: string;
  readonly logs: string;
}

export class DataFolderError extends Error {}

/** @throws {DataFolderError} when the folder holds something else */
export function openDataFolder(root: string, fresh: boolean): BoxFolders {
  const folder = path.resolve(root);
  const marked = existsSync(path.join(folder, MARK));
  const isEmpty = !existsSync(folder) || readdirSync(folder).length === 0;
  if (!marked && !isEmpty) {
    throw new DataFolderError(
      `${folder} is not empty and holds no Holdfast data. Choose another folder with --data.`,
    );
  }
  if (fresh && marked) rmSync(folder, { recursive: true });
  const folders: BoxFolders = {
    root: folder,
    server: path.join(folder, 'server'),
    terminal: path.join(folder, 'terminal'),
    logs: path.join(folder, 'logs'),
  };
  try {
    mkdirSync(folders.logs, { recursive: true });
    mkdirSync(folders.server, { recursive: true });
    writeFileSync(path.join(folder, MARK), `${JSON.stringify({ kind: 'holdfast-box' })}\n`);
  } catch (error) {
    throw new DataFolderError(`Holdfast cannot write to ${folder}. Choose another folder with --data.`, {
      cause: error,
    });
  }
  return folders;
}
