/** The server's OpenAPI document as tests read it: its operations, and which of them a request belongs to. */
import { z } from 'zod';

export const jsonSchemaSchema = z.record(z.string(), z.unknown());
export type JsonSchema = z.infer<typeof jsonSchemaSchema>;

const mediaSchema = z.record(z.string(), z.looseObject({ schema: jsonSchemaSchema }));

const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.enum(['query', 'header', 'path', 'cookie']),
  required: z.boolean().default(false),
  schema: jsonSchemaSchema,
});
export type ApiParameter = z.infer<typeof parameterSchema>;

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.looseObject({ required: z.boolean().default(false), content: mediaSchema }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ description: z.string(), content: mediaSchema.optional() }),
  ),
});

const documentSchema = z.looseObject({
  openapi: z.string(),
  components: z.looseObject({
    schemas: z.record(z.string(), jsonSchemaSchema).default({}),
    securitySchemes: z.record(z.string(), z.unknown()).default({}),
  }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

export type ApiOperation = z.infer<typeof operationSchema> & {
  /** upper case */
  readonly method: string;
  /** with `{name}` for parameters */
  readonly path: string;
};

export interface ApiDocument {
  /** as it was answered */
  readonly raw: unknown;
  readonly components: z.infer<typeof documentSchema>['components'];
  readonly operations: readonly ApiOperation[];
  /** The operation that answers this request; a HEAD is answered as its GET. Undefined when there is none. */
  operationOf(method: string, pathAndQuery: string): ApiOperation | undefined;
}

export function parseApiDocument(raw: unknown): ApiDocument {
  const { paths, components } = documentSchema.parse(raw);
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  // As the server does: `/items/search` before `/items/{sku}`.
  const byPrecision = operations
    .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
    .sort((a, b) => count(a.operation.path, '{') - count(b.operation.path, '{'));
  return {
    raw,
    components,
    operations,
    operationOf(method, pathAndQuery) {
      const [path = ''] = pathAndQuery.split(/[?#]/);
      const asked = method === 'HEAD' ? 'GET' : method;
      return byPrecision.find(({ operation, pattern }) => operation.method === asked && pattern.test(path))
        ?.operation;
    },
  };
}

export async function readApiDocument(serverUrl: string): Promise<ApiDocument> {
  const response = await fetch(`${serverUrl}/api/openapi.json`);
  return parseApiDocument(await response.json());
}

function patternOf(path: string): RegExp {
  const parts = path.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
