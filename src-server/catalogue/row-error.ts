/** What is wrong with the rows of a list, each by its place, so that whoever made the list can mend it. */
import { z } from 'zod';
import { RECORD_REFUSAL_CODES } from './versioned.ts';

export const rowErrorSchema = z.strictObject({
  index: z.int().describe('0 for the first row'),
  field: z.string().nullable().describe('As in the row, `barcodes.1`; null when the row as such is wrong'),
  code: z.enum([
    /** Not of the form that this field has. */
    'invalid',
    'unknown_field',
    /** A new record needs it. */
    'missing',
    /** The key stands in an earlier row. */
    'repeated',
    ...RECORD_REFUSAL_CODES,
  ]),
  message: z.string(),
});
export type RowError = z.infer<typeof rowErrorSchema>;

/**
 * The errors of a list that does not have the form of its schema. Undefined when it is not about rows: the list is not
 * there, empty or too long.
 * @param list the name of the list in the body
 */
export function rowErrorsOf({ issues }: z.ZodError, list: string): RowError[] | undefined {
  const errors: RowError[] = [];
  for (const issue of issues) {
    const [name, index, ...field] = issue.path;
    if (name !== list || typeof index !== 'number') return undefined;
    const { message } = issue;
    if (issue.code === 'unrecognized_keys') {
      errors.push(
        ...issue.keys.map((key) => ({ index, field: key, code: 'unknown_field' as const, message })),
      );
    } else {
      errors.push({ index, field: field.length === 0 ? null : field.join('.'), code: 'invalid', message });
    }
  }
  return errors;
}
