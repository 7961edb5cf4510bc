import { isValidGtin } from '#domain/barcode/gtin.ts';
import { looksLikeCardNumber } from './card-number.ts';

/** Fields whose values are printed under a barcode. The SKU is one: many shops use the GTIN as SKU. */
const BARCODE_FIELDS: ReadonlySet<string> = new Set(['sku', 'gtin', 'gtins', 'barcode', 'barcodes']);

/** A value of the body with the way to it. Linked, not a text: most ways are never told. */
interface Place {
  readonly value: unknown;
  readonly name: string;
  readonly parent: Place | undefined;
  readonly isBarcode: boolean;
}

/** A way through a body that was sent to annoy is as long as its sender likes. */
const LONGEST_PATH = 200;

/**
 * Where in a request's JSON a card number stands: `.items[0].note`, or `(body)` for the whole of it; undefined when there
 * is none. A request with one is refused whole, before anything of it is stored. Never the number itself: the answer may
 * be logged and sent.
 *
 * A barcode field may hold a bare GTIN with a right check digit although its Luhn digit is right too (one in ten is);
 * anything else that looks like a card is refused there as well.
 */
export function findCardNumberInRequest(body: unknown): string | undefined {
  // No recursion: a body of brackets alone is deeper than the stack.
  const places: Place[] = [{ value: body, name: '', parent: undefined, isBarcode: false }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { value, isBarcode } = place;
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      if (looksLikeCardNumber(text) && !(isBarcode && isValidGtin(text))) return pathOf(place);
    } else if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index -= 1) {
        places.push({ value: value[index], name: `[${index}]`, parent: place, isBarcode });
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, element] of Object.entries(value).reverse()) {
        // A name may be the number itself: then its place is that of the object.
        if (looksLikeCardNumber(name)) return pathOf(place);
        places.push({
          value: element,
          name: `.${name}`,
          parent: place,
          isBarcode: BARCODE_FIELDS.has(name),
        });
      }
    }
  }
  return undefined;
}

function pathOf(place: Place): string {
  const names: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) names.push(at.name);
  return names.reverse().join('').slice(0, LONGEST_PATH) || '(body)';
}
