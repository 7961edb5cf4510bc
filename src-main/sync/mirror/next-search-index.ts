/**
 * The words of the next items. Each transaction leaves a part of its own in FTS5's index. Left to itself FTS5 merges parts in
 * the middle of an insert, for as long as that takes; here it is told not to, and the caller has them merged now and
 * then, in steps as long as it wants them.
 */
import type { WriteHandle } from '../../store/handles.ts';

/** FTS5 merges by itself when so many parts are there, at the latest; 1,999 is the most it takes. */
const NEVER_IN_BETWEEN = 1_999;
/** Merged so often a step has few parts to look into, which decides how long it takes. */
const PARTS = 16;
/** What FTS5 does by itself with the index of a catalogue that is in use. */
const USUAL = { automerge: 4, crisismerge: 16 };
export interface NextSearchIndex {
  /** Of all items whose id is above that of the last call. */
  addNew(): void;
  /** Enough parts have come together since the last merge. */
  wantsMerge(): boolean;
  /**
   * @param pages of 4 KB that it writes at most; a hundred of them take about ten milliseconds
   * @returns whether there is more to merge
   */
  mergeStep(pages: number): boolean;
  /** Gives back to FTS5 what it does by itself. */
  finish(): void;
}

export function nextSearchIndex({ connection }: WriteHandle): NextSearchIndex {
  // A number of JavaScript arrives as a REAL, which FTS5 refuses here.
  const configure = connection.prepare(
    'INSERT INTO next_items_fts (next_items_fts, rank) VALUES (?, CAST(? AS INTEGER))',
  );
  const add = connection.prepare(
    'INSERT INTO next_items_fts (rowid, name, sku) SELECT id, name, sku FROM next_items WHERE id > ?',
  );
  const last = connection.prepare<[], number>('SELECT coalesce(max(id), 0) FROM next_items').pluck();
  const changes = connection.prepare<[], number>('SELECT total_changes()').pluck();
  let added = 0;
  let parts = 0;
  configure.run('automerge', 0);
  configure.run('crisismerge', NEVER_IN_BETWEEN);

  return {
    addNew() {
      const through = last.get() ?? 0;
      if (through === added) return;
      add.run(added);
      added = through;
      parts += 1;
    },
    wantsMerge: () => parts >= PARTS,
    mergeStep(pages) {
      const before = changes.get() ?? 0;
      configure.run('merge', pages);
      // FTS5's documented sign of having nothing to do: the statement itself counts for one change.
      const more = (changes.get() ?? 0) - before >= 2;
      if (!more) parts = 0;
      return more;
    },
    finish() {
      configure.run('automerge', USUAL.automerge);
      configure.run('crisismerge', USUAL.crisismerge);
    },
  };
}
