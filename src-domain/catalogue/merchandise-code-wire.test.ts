import { describe, expect, it } from 'vitest';
import contract from './contracts/merchandise-code.json' with { type: 'json' };
import {
  changeMerchandiseCode,
  merchandiseCodeFromWire,
  merchandiseCodeToWire,
  newWireMerchandiseCodeSchema,
  wireMerchandiseCodeChangesSchema,
} from './merchandise-code-wire.ts';

const taxed = merchandiseCodeFromWire(
  newWireMerchandiseCodeSchema.parse({ ...contract.request, tax_rate: 700 }),
);

describe("the seed's merchandise code", () => {
  it('is read and written as the sample has it', () => {
    const read = merchandiseCodeFromWire(newWireMerchandiseCodeSchema.parse(contract.request));
    expect(read).toEqual({
      code: 'WINE',
      description: 'Wine Products',
      taxCategory: 'alcohol',
      taxRate: 0,
      glAccount: '4000',
    });
    expect(merchandiseCodeToWire(read)).toEqual({ ...contract.request, tax_rate: 0 });
    expect(Object.keys(merchandiseCodeToWire(read))).toEqual([...Object.keys(contract.request), 'tax_rate']);
  });

  it('keeps its tax when changes do not name one', () => {
    const changes = wireMerchandiseCodeChangesSchema.parse({ ...contract.request, description: 'Wine' });
    expect(changeMerchandiseCode(taxed, changes)).toEqual({ ...taxed, description: 'Wine' });
    const untaxed = wireMerchandiseCodeChangesSchema.parse({ code: 'WINE', tax_rate: 0 });
    expect(changeMerchandiseCode(taxed, untaxed)).toEqual({ ...taxed, taxRate: 0 });
  });

  it.each([
    ['code', 'wine'],
    ['description', ''],
    ['description', 'a'.repeat(81)],
    ['tax_category', 'a\nb'],
    ['gl_account', 4000],
    ['tax_rate', 10_001],
    ['tax_rate', -1],
    ['tax_rate', 7.5],
  ])('is refused by the name of its field: %s %j', (field, value) => {
    const parsed = newWireMerchandiseCodeSchema.safeParse({ ...contract.request, [field]: value });
    expect(parsed.error?.issues.map(({ path }) => path)).toEqual([[field]]);
  });
});
