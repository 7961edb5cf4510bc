/** The words of the catalogue's names and SKUs, kept together with `items`: rows of the same id. */
import type { WriteHandle } from './handles.ts';

export interface SearchIndex {
  add(id: number, name: string, sku: string): void;
  remove(id: number): void;
}

export function searchIndex({ connection }: WriteHandle): SearchIndex {
  const add = connection.prepare('INSERT INTO items_fts (rowid, name, sku) VALUES (?, ?, ?)');
  const remove = connection.prepare('DELETE FROM items_fts WHERE rowid = ?');
  return {
    add: (id, name, sku) => void add.run(id, name, sku),
    remove: (id) => void remove.run(id),
  };
}
