/**
 * A file as a power cut may leave it: the disk had begun to write back what nobody had asked it to sync yet, in an order of
 * its own. Each page is as it was after any one of the changes behind the last sync; lengths follow from truncations that came
 * through, in their order, and from pages that lie behind the old end.
 */
import { type Random, between, pick } from '../random.ts';
import type { FileChange } from './unsynced-journal.ts';

export const PAGE_BYTES = 4096;

/** A page after one change; null where the file did not reach. */
interface PageVersion {
  /** index of the change that made it; -1: as it was synced */
  readonly since: number;
  readonly content: Buffer | null;
}

/** @param current the whole file as it is now, with every change in it */
export function tearFile(current: Buffer, changes: readonly FileChange[], random: Random): Buffer {
  const truncations = changes.flatMap((change, index) => (change.kind === 'truncate' ? [index] : []));
  const kept = truncations[between(random, 0, truncations.length) - 1] ?? -1;
  let size = kept === -1 ? (changes[0]?.size ?? current.length) : (changes[kept]?.end ?? 0);
  const cut = kept === -1 ? new Set<number>() : pagesOf(changes.slice(kept, kept + 1));
  const chosen = new Map<number, Buffer>();
  for (const [page, versions] of versionsOf(current, changes)) {
    const { since, content } = pick(
      random,
      versions.filter((version) => mayStand(version, page, changes, kept, cut)),
    );
    if (content === null) continue;
    chosen.set(page, content);
    if (since > kept) size = Math.max(size, page * PAGE_BYTES + content.length);
  }
  const torn = Buffer.alloc(size);
  current.copy(torn);
  for (const page of pagesOf(changes)) {
    const from = page * PAGE_BYTES;
    torn.fill(0, Math.min(from, size), Math.min(from + PAGE_BYTES, size));
    chosen.get(page)?.copy(torn, from);
  }
  return torn;
}

/** @param cut pages that the last truncation which came through has changed */
function mayStand(
  { since }: PageVersion,
  page: number,
  changes: readonly FileChange[],
  kept: number,
  cut: ReadonlySet<number>,
): boolean {
  // A truncation that did not come through has made no page.
  if (since > kept && changes[since]?.kind === 'truncate') return false;
  // What one that came through has cut off stays cut off, unless it was written again.
  return since >= kept || !cut.has(page);
}

function versionsOf(current: Buffer, changes: readonly FileChange[]): Map<number, PageVersion[]> {
  const versions = new Map<number, PageVersion[]>();
  const lastChange = new Map<number, number>();
  changes.forEach((change, index) => {
    for (const page of pagesOf([change])) {
      const found = versions.get(page) ?? [];
      versions.set(page, found);
      found.push({ since: lastChange.get(page) ?? -1, content: pageOf(change.old, page, change.offset) });
      lastChange.set(page, index);
    }
  });
  for (const [page, found] of versions) {
    found.push({ since: lastChange.get(page) ?? -1, content: pageOf(current, page, 0) });
  }
  return versions;
}

function pageOf(bytes: Buffer, page: number, offset: number): Buffer | null {
  const from = page * PAGE_BYTES - offset;
  return from < bytes.length ? bytes.subarray(from, from + PAGE_BYTES) : null;
}

function pagesOf(changes: readonly FileChange[]): Set<number> {
  const pages = new Set<number>();
  for (const { kind, offset, size, end } of changes) {
    const last = kind === 'truncate' ? Math.max(end, size) : end;
    for (let page = offset / PAGE_BYTES; page * PAGE_BYTES < last; page += 1) pages.add(page);
  }
  return pages;
}
