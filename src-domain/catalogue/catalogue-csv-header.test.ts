import { describe, expect, it } from 'vitest';
import { checkCatalogueHeader } from './catalogue-csv-header.ts';
import { CATALOGUE_COLUMNS } from './catalogue-csv.ts';

describe('checkCatalogueHeader', () => {
  it('takes the columns in any order', () => {
    expect(checkCatalogueHeader(CATALOGUE_COLUMNS)).toEqual({ ok: true });
    expect(checkCatalogueHeader(CATALOGUE_COLUMNS.toReversed())).toEqual({ ok: true });
  });

  it('names what is missing, what is unknown and what is there twice', () => {
    const columns = [...CATALOGUE_COLUMNS.filter((column) => column !== 'price'), 'Price', 'sku'];
    expect(checkCatalogueHeader(columns)).toEqual({
      ok: false,
      missing: ['price'],
      unknown: ['Price'],
      repeated: ['sku'],
      reasons: [
        'price: the column is missing',
        'header: “Price” is not a column of a catalogue',
        'sku: the column is there twice',
      ],
    });
  });

  it('names every column of an empty header', () => {
    expect(checkCatalogueHeader([])).toMatchObject({ ok: false, missing: [...CATALOGUE_COLUMNS] });
  });
});
