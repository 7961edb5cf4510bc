/**
 * The structure that OpenAPI 3.1.0 demands of the parts that we use, as a JSON Schema: section 4.8 of the specification,
 * object by object, closed, so that a misspelt field is noticed. Schema Objects are left to JSON Schema's own schema.
 */
const schemaObject = { type: ['object', 'boolean'] };
const text = { type: 'string', minLength: 1 };

const mediaTypes = {
  type: 'object',
  minProperties: 1,
  propertyNames: { pattern: '^[a-z*]+/[a-z0-9.+*-]+$' },
  additionalProperties: {
    type: 'object',
    properties: { schema: schemaObject, example: {}, examples: { type: 'object' } },
    required: ['schema'],
    additionalProperties: false,
  },
};

const parameter = {
  type: 'object',
  properties: {
    name: text,
    in: { enum: ['query', 'header', 'path', 'cookie'] },
    description: text,
    required: { type: 'boolean' },
    deprecated: { type: 'boolean' },
    schema: schemaObject,
    example: {},
  },
  required: ['name', 'in', 'schema'],
  // 4.8.12.2: a parameter of the path is required.
  anyOf: [
    { properties: { in: { not: { const: 'path' } } } },
    { properties: { required: { const: true } }, required: ['required'] },
  ],
  additionalProperties: false,
};

const response = {
  type: 'object',
  properties: { description: text, headers: { type: 'object' }, content: mediaTypes },
  required: ['description'],
  additionalProperties: false,
};

const operation = {
  type: 'object',
  properties: {
    operationId: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9]*$' },
    summary: text,
    description: text,
    tags: { type: 'array', items: text, minItems: 1, uniqueItems: true },
    deprecated: { type: 'boolean' },
    parameters: { type: 'array', items: parameter },
    requestBody: {
      type: 'object',
      properties: { description: text, required: { type: 'boolean' }, content: mediaTypes },
      required: ['content'],
      additionalProperties: false,
    },
    responses: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^([1-5][0-9]{2}|[1-5]XX|default)$' },
      additionalProperties: response,
    },
    security: {
      type: 'array',
      items: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
    },
  },
  required: ['operationId', 'summary', 'tags', 'responses', 'security'],
  additionalProperties: false,
};

const securityScheme = {
  type: 'object',
  properties: { type: { enum: ['http', 'apiKey'] }, description: text, scheme: text, name: text, in: text },
  required: ['type'],
  oneOf: [
    { properties: { type: { const: 'http' } }, required: ['scheme'] },
    {
      properties: { type: { const: 'apiKey' }, in: { enum: ['query', 'header', 'cookie'] } },
      required: ['name', 'in'],
    },
  ],
  additionalProperties: false,
};

export const OPENAPI_STRUCTURE = {
  type: 'object',
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: {
      type: 'object',
      properties: { title: text, version: text, description: text, summary: text },
      required: ['title', 'version'],
      additionalProperties: false,
    },
    servers: { type: 'array' },
    tags: { type: 'array' },
    components: {
      type: 'object',
      properties: {
        schemas: {
          type: 'object',
          propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' },
          additionalProperties: schemaObject,
        },
        securitySchemes: { type: 'object', additionalProperties: securityScheme },
      },
      additionalProperties: false,
    },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/[^?#]*$' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'patch'] },
        additionalProperties: operation,
      },
    },
  },
  required: ['openapi', 'info', 'paths', 'components'],
  additionalProperties: false,
};
