import { expect, test } from 'vitest';
import { PRINTER_MODELS, printerModelIdSchema, printerModelSchema } from './printer-model.ts';

test('every model is well-formed, named by its id and selectable', () => {
  expect(Object.keys(PRINTER_MODELS)).toEqual(printerModelIdSchema.options);
  for (const [id, model] of Object.entries(PRINTER_MODELS)) {
    expect(printerModelSchema.parse(model)).toEqual(model);
    expect(model.id).toBe(id);
  }
});

test('columns are what font A leaves of the printable dots', () => {
  for (const { columns, dots } of Object.values(PRINTER_MODELS)) expect(columns).toBe(Math.floor(dots / 12));
});
