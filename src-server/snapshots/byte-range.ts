/** Which part of a file is asked for: RFC 9110, 14.1 and 14.2. */
export type ByteRange =
  | { readonly kind: 'whole' }
  /** Both of them included, from 0. */
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: ByteRange = { kind: 'whole' };
const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * Several ranges at once, other units and what has no sense are answered with the whole file, as the RFC allows.
 * @param size of the file, at least 1
 */
export function byteRangeOf(header: string | undefined, size: number): ByteRange {
  const [, first = '', last = ''] = ONE_RANGE.exec(header ?? '') ?? [];
  if (first === '' && last === '') return WHOLE;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', from: size - length, to: size - 1 };
  }
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return WHOLE;
  return from >= size ? { kind: 'unsatisfiable' } : { kind: 'part', from, to };
}
