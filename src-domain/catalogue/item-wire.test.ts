import { describe, expect, it } from 'vitest';
import { itemSchema } from './item.ts';
import {
  changeItem,
  itemFromChanges,
  itemFromWire,
  itemToWire,
  newWireItemSchema,
  wireItemChangesSchema,
} from './item-wire.ts';
import itemContract from './contracts/item.json' with { type: 'json' };
import listContract from './contracts/item-list.json' with { type: 'json' };

const [sample] = listContract.request.items;
if (sample === undefined) throw new Error('the sample is empty');
const wine = itemFromWire(newWireItemSchema.parse(sample));

function refusals(body: unknown): string[] {
  const parsed = newWireItemSchema.safeParse(body);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
}

describe("the seed's item", () => {
  it('is read as the sample has it, in cents, with nothing where it says nothing', () => {
    expect(wine).toEqual({
      sku: 'WINE-CAB-001',
      name: 'Cabernet Sauvignon 750ml',
      merchandiseCode: 'WINE',
      cost: 1250,
      price: 1999,
      caseSize: 12,
      active: true,
      barcodes: [],
      minimumAge: null,
      deposit: 0,
      reorderPoint: 0,
    });
    expect(itemSchema.parse(wine)).toEqual(wine);
  });

  it('is written with the keys of the sample in their order, and ours behind them', () => {
    const wire = itemToWire(wine);
    expect(wire).toMatchObject(sample);
    const own = ['barcodes', 'minimum_age', 'deposit', 'reorder_point'];
    expect(Object.keys(wire)).toEqual([...Object.keys(sample), ...own]);
  });

  it('keeps what its maintenance sample leaves out', () => {
    const whole = { ...wine, minimumAge: 21, barcodes: ['00036000291452'], reorderPoint: 10 };
    const changes = wireItemChangesSchema.parse({ ...itemContract.request, price: 18.5 });
    expect(changeItem(whole, changes)).toEqual({ ...whole, price: 1850 });
    const { sku, name, cost, price, active } = itemToWire(whole);
    expect({ sku, name, cost, price, active }).toEqual(itemContract.request);
  });

  it('comes back unchanged when it is sent as it was answered', () => {
    const answer = { ...itemToWire(wine), version: 3, updated_at: '2024-12-31T09:00:00.000Z' };
    expect(changeItem(wine, wireItemChangesSchema.parse(answer))).toEqual(wine);
  });
});

describe('changes of an item', () => {
  it('take the age limit off only when they say so', () => {
    const limited = { ...wine, minimumAge: 21 };
    const change = (body: object) => changeItem(limited, wireItemChangesSchema.parse(body)).minimumAge;
    expect(change({ sku: wine.sku })).toBe(21);
    expect(change({ sku: wine.sku, minimum_age: null })).toBeNull();
  });

  it('set every field that they name', () => {
    const body = {
      sku: wine.sku,
      name: 'Other',
      category: 'beer',
      cost: 0,
      price: 0.1,
      case_size: 6,
      active: false,
      barcodes: ['036000291452'],
      minimum_age: 18,
      deposit: 0.05,
      reorder_point: 3,
    };
    expect(itemToWire(changeItem(wine, wireItemChangesSchema.parse(body)))).toEqual({
      ...body,
      barcodes: ['00036000291452'],
    });
  });

  it('make a new item when they have what the seed has, else say what is missing', () => {
    expect(itemFromChanges(wireItemChangesSchema.parse(sample))).toEqual({ ok: true, item: wine });
    expect(itemFromChanges(wireItemChangesSchema.parse(itemContract.request))).toEqual({
      ok: false,
      missing: ['category', 'case_size'],
    });
  });
});

describe('the barcodes of an item', () => {
  const stored = (barcodes: string[]) => newWireItemSchema.parse({ ...sample, barcodes }).barcodes;

  it('are stored as the GTINs that a scan looks up, in one order', () => {
    expect(stored(['851009000108', '04252614', '4006381333931', '96385074', '10036000291459'])).toEqual([
      '00000096385074',
      '00042100005264',
      '00851009000108',
      '04006381333931',
      '10036000291459',
    ]);
  });

  it('stay as they are when they are sent as stored', () => {
    const gtins = stored(['04252614', '96385074', '036000291452']);
    expect(stored(gtins)).toEqual(gtins);
  });

  it.each([
    ['a wrong check digit', ['851009000108', '036000291453'], ['barcodes.1']],
    ['the same GTIN twice', ['036000291452', '0036000291452'], ['barcodes.1']],
    ['eleven digits', ['36000291452'], ['barcodes.0']],
    ['letters', ['ABCDEFGH'], ['barcodes.0']],
    ['digits of another script', ['٠٣٦٠٠٠٢٩١٤٥٢'], ['barcodes.0']],
    ['a number', [36000291452], ['barcodes.0']],
    ['no list', '036000291452', ['barcodes']],
    ['21 codes', Array.from({ length: 21 }, () => '036000291452'), ['barcodes']],
  ])('with %s are refused by their place', (_what, barcodes, expected) => {
    expect(refusals({ ...sample, barcodes })).toEqual(expected);
  });
});

describe('a bad item', () => {
  it.each([
    ['sku', 'wine'],
    ['sku', 'A'.repeat(41)],
    ['name', ''],
    ['name', 'a\u0000b'],
    ['name', 'a'.repeat(81)],
    ['category', 'WINE'],
    ['category', 'a'.repeat(21)],
    ['cost', -0.01],
    ['price', 19.999],
    ['price', '19.99'],
    ['price', 10_000_000.01],
    ['price', Number.NaN],
    ['case_size', 0],
    ['case_size', 1.5],
    ['active', 'yes'],
    ['minimum_age', 0],
    ['minimum_age', 100],
    ['deposit', -1],
    ['reorder_point', -1],
  ])('is refused by the name of its field: %s %j', (field, value) => {
    expect(refusals({ ...sample, [field]: value })).toEqual([field]);
  });

  it('names every bad field, every missing one, and a misspelt one', () => {
    const { name: _name, ...nameless } = sample;
    expect(refusals({ ...nameless, cost: 'x', price: -1 })).toEqual(['name', 'cost', 'price']);
    const misspelt = newWireItemSchema.safeParse({ ...sample, minimun_age: 21 });
    expect(misspelt.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['minimun_age'] }]);
  });
});
