/** A department as the seed writes it ("Merchandise Code Maintenance"), and behind it ours: `tax_rate` in basis points. */
import { z } from 'zod';
import { basisPoints } from '../money/basis-points.ts';
import { asReadFields } from './as-read.ts';
import { type MerchandiseCode, merchandiseCodeRecordSchema } from './item.ts';

const record = merchandiseCodeRecordSchema.shape;

const fields = {
  code: record.code,
  description: record.description,
  tax_category: record.taxCategory,
  gl_account: record.glAccount,
  tax_rate: record.taxRate,
};

/** All fields, as an event carries them; further ones, from a later version, are passed over. */
export const wireMerchandiseCodeSchema = z.object(fields);

/** A new department. The seed's shape has no `tax_rate`; without one nothing is taxed. */
export const newWireMerchandiseCodeSchema = z.strictObject({
  ...fields,
  tax_rate: fields.tax_rate.default(basisPoints(0)),
  ...asReadFields,
});

/** What is left out stays: whoever knows the seed's fields only must not untax a department. */
export const wireMerchandiseCodeChangesSchema = z.strictObject({
  ...z.object(fields).partial().shape,
  code: fields.code,
  ...asReadFields,
});

export type WireMerchandiseCode = z.output<typeof wireMerchandiseCodeSchema>;
export type WireMerchandiseCodeForm = z.input<typeof wireMerchandiseCodeSchema>;
export type WireMerchandiseCodeChanges = z.output<typeof wireMerchandiseCodeChangesSchema>;

export function merchandiseCodeFromWire(wire: WireMerchandiseCode): MerchandiseCode {
  return {
    code: wire.code,
    description: wire.description,
    taxCategory: wire.tax_category,
    taxRate: wire.tax_rate,
    glAccount: wire.gl_account,
  };
}

export function changeMerchandiseCode(
  code: MerchandiseCode,
  changes: WireMerchandiseCodeChanges,
): MerchandiseCode {
  return {
    code: code.code,
    description: changes.description ?? code.description,
    taxCategory: changes.tax_category ?? code.taxCategory,
    taxRate: changes.tax_rate ?? code.taxRate,
    glAccount: changes.gl_account ?? code.glAccount,
  };
}

/** Key order: the seed's, then ours. */
export function merchandiseCodeToWire(code: MerchandiseCode): WireMerchandiseCodeForm {
  return {
    code: code.code,
    description: code.description,
    tax_category: code.taxCategory,
    gl_account: code.glAccount,
    tax_rate: code.taxRate,
  };
}
