/**
 * Search as you type over the names and SKUs. Every word is a prefix ("cab 750" finds "Cabernet Sauvignon 750ml").
 *
 * Ranking the whole of FTS5's answer costs 8 ms for a common prefix in 100,000 items, taking the first rows
 * unranked 0.05 ms. So a bounded list of candidates is taken unranked and only that list is put in order.
 */
import type { Cents } from '#domain/money/cents.ts';
import type { ReadHandle } from './handles.ts';

const MOST_CANDIDATES = 200;
const MOST_WORDS = 8;

export interface SearchHit {
  readonly sku: string;
  readonly name: string;
  readonly price: Cents;
  readonly merchandiseCode: string;
  readonly minimumAge: number | null;
  readonly onHand: number;
}

export type CatalogueSearch = (text: string, limit: number) => SearchHit[];

export function catalogueSearch(store: ReadHandle): CatalogueSearch {
  const candidates = store.prepareRead<[string], SearchHit>(`
    SELECT items.sku, items.name, items.price, items.merchandise_code AS merchandiseCode,
           items.minimum_age AS minimumAge, coalesce(stock.quantity, 0) AS onHand
    FROM (SELECT rowid FROM items_fts WHERE items_fts MATCH ? LIMIT ${MOST_CANDIDATES}) AS hit
    JOIN items ON items.id = hit.rowid
    LEFT JOIN stock ON stock.sku = items.sku
    WHERE items.active = 1`);

  return (text, limit) => {
    const words = wordsOf(text);
    if (words.length === 0) return [];
    const found = candidates.all(words.map((word) => `"${word}"*`).join(' '));
    const first = words[0] ?? '';
    return found
      .sort((a, b) => closeness(a, first) - closeness(b, first) || compareNames(a, b))
      .slice(0, limit);
  };
}

/** Letters and digits only: nothing a person types can be read as FTS5's query language. */
function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MOST_WORDS);
}

/** 0: the SKU itself, 1: the name begins with it, 2: somewhere in the name. */
function closeness(hit: SearchHit, word: string): number {
  if (hit.sku.toLowerCase() === word) return 0;
  return hit.name.toLowerCase().startsWith(word) ? 1 : 2;
}

function compareNames(a: SearchHit, b: SearchHit): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
