/** Values that a JSON Schema of the OpenAPI document allows: the ground from which the fuzz tests depart. */
import fc from 'fast-check';
import { z } from 'zod';
import { type JsonSchema, jsonSchemaSchema } from './api-document.ts';

export interface FittingContext {
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** Values that exist on the server, by the name of their field: three times in four one of those is taken. */
  readonly known: (name: string) => readonly unknown[];
}

const numberFacet = z.number().optional().catch(undefined);
const schemaList = z.array(jsonSchemaSchema);
const typesSchema = z.union([z.string().transform((type) => [type]), z.array(z.string())]);

/** @param name of the field that the value is for */
export function fittingValue(schema: JsonSchema, context: FittingContext, name = ''): fc.Arbitrary<unknown> {
  const fresh = freshValue(schema, context);
  const known = context.known(name);
  if (known.length === 0) return fresh;
  return fc.oneof(fresh, { arbitrary: fc.constantFrom(...known), weight: 3 });
}

function freshValue(schema: JsonSchema, context: FittingContext): fc.Arbitrary<unknown> {
  const { $ref: reference } = schema;
  if (typeof reference === 'string') {
    return freshValue(context.components[reference.split('/').at(-1) ?? ''] ?? {}, context);
  }
  if ('const' in schema) return fc.constant(schema['const']);
  const allowed = z.array(z.unknown()).min(1).safeParse(schema['enum']);
  if (allowed.success) return fc.constantFrom(...allowed.data);
  const choices = schemaList.min(1).safeParse(schema['anyOf'] ?? schema['oneOf']);
  if (choices.success) return fc.oneof(...choices.data.map((choice) => freshValue(choice, context)));
  const parts = schemaList.min(1).safeParse(schema['allOf']);
  if (parts.success) {
    return fc
      .tuple(...parts.data.map((part) => freshValue(part, context)))
      .map((values) => Object.assign({}, ...values) as unknown);
  }
  const types = typesSchema.safeParse(schema['type']);
  if (!types.success) return fc.jsonValue();
  return fc.oneof(...types.data.map((type) => valueOfType(type, schema, context)));
}

function valueOfType(type: string, schema: JsonSchema, context: FittingContext): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer(rangeOf(schema, 1000));
    case 'number': {
      // Amounts of money: decimals with two places.
      const { min, max } = rangeOf(schema, 1000);
      return fc
        .integer({ min: Math.ceil(min * 100), max: Math.floor(max * 100) })
        .map((cents) => cents / 100);
    }
    case 'array':
      return arrayOf(schema, context);
    case 'object':
      return objectOf(schema, context);
    default:
      return textOf(schema);
  }
}

function rangeOf(schema: JsonSchema, usual: number): { readonly min: number; readonly max: number } {
  const min =
    numberFacet.parse(schema['minimum']) ?? (numberFacet.parse(schema['exclusiveMinimum']) ?? -1) + 1;
  const max = numberFacet.parse(schema['maximum']) ?? Number.MAX_SAFE_INTEGER;
  return { min: Math.max(min, -usual), max: Math.max(min, Math.min(max, usual)) };
}

function arrayOf(schema: JsonSchema, context: FittingContext): fc.Arbitrary<unknown[]> {
  const items = jsonSchemaSchema.catch({}).parse(schema['items']);
  const minLength = numberFacet.parse(schema['minItems']) ?? 0;
  const maxLength = Math.min(numberFacet.parse(schema['maxItems']) ?? 4, minLength + 4);
  return fc.array(freshValue(items, context), { minLength, maxLength });
}

const objectFacets = z.object({
  properties: z.record(z.string(), jsonSchemaSchema).default({}),
  required: z.array(z.string()).default([]),
  additionalProperties: z.union([jsonSchemaSchema, z.boolean()]).default(true),
});

function objectOf(schema: JsonSchema, context: FittingContext): fc.Arbitrary<object> {
  const { properties, required, additionalProperties } = objectFacets.parse(schema);
  const named = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, fittingValue(property, context, name)]),
    ),
    { requiredKeys: required.filter((name) => name in properties), noNullPrototype: true },
  );
  if (typeof additionalProperties === 'boolean') return named;
  const more = fc.dictionary(WORD, freshValue(additionalProperties, context), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  return fc.tuple(more, named).map(([free, fixed]) => ({ ...free, ...fixed }));
}

const WORD = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 -]{0,19}$/);

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  switch (schema['format']) {
    case 'date-time':
      return instant;
    case 'date':
      return instant.map((text) => text.slice(0, 10));
    case 'uuid':
      return fc.uuid();
    default: {
      const minLength = numberFacet.parse(schema['minLength']) ?? 0;
      const maxLength = numberFacet.parse(schema['maxLength']) ?? 200;
      const { pattern } = schema;
      if (typeof pattern === 'string') {
        return fc
          .stringMatching(new RegExp(pattern), {
            maxLength: minLength > 40 ? maxLength : Math.max(minLength, Math.min(maxLength, 40)),
          })
          .filter(({ length }) => length >= minLength && length <= maxLength);
      }
      return fc
        .oneof(WORD, fc.string({ unit: 'grapheme', maxLength: 30 }))
        .map((text) => text.padEnd(minLength, 'x').slice(0, Math.max(minLength, maxLength)));
    }
  }
}

const instant = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
