import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { API_SCOPES } from '../access/access.ts';
import {
  type ApiDocument,
  type JsonSchema,
  jsonSchemaSchema,
  readApiDocument,
} from '../test-support/api-document.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type HttpAnswer, answerChecker } from '../test-support/documented-answers.ts';
import { OPENAPI_STRUCTURE } from '../test-support/openapi-structure.ts';
import { type WholeServer, startWholeServer } from '../test-support/whole-server.ts';

const [{ create } = { create: () => Promise.reject(new Error('no test database')) }] = TEST_DATABASES;

describe('the OpenAPI document', () => {
  let home: TestDatabase;
  let server: WholeServer;
  let document: ApiDocument;

  beforeAll(async () => {
    home = await create();
    server = await startWholeServer(home.choice);
    document = await readApiDocument(server.url);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await home.dispose();
  });

  it('has every route of the server, and nothing else', () => {
    const routes = server.routes.map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
    expect(document.operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(routes.sort());
    expect(routes.length).toBeGreaterThan(10);
  });

  it('has the structure that OpenAPI 3.1 demands', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
    const validate = ajv.compile(OPENAPI_STRUCTURE);
    validate(document.raw);
    expect(validate.errors ?? []).toEqual([]);
    for (const damage of [
      { openapi: '3.0.3' },
      { paths: { healthz: {} } },
      { paths: { '/x': { get: { summary: 'no responses' } } } },
      { more: 1 },
    ]) {
      expect(validate({ ...jsonSchemaSchema.parse(document.raw), ...damage })).toBe(false);
    }
  });

  it('has valid JSON Schemas, whose references all lead somewhere', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, keywords: ['components', 'example'] });
    addFormats(ajv);
    for (const schema of schemasOf(document)) {
      expect([ajv.validateSchema(schema), ajv.errors]).toEqual([true, null]);
      expect(() => ajv.compile({ ...schema, components: document.components })).not.toThrow();
    }
  });

  it('names each operation once, and declares each parameter of its path', () => {
    const ids = document.operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, parameters } of document.operations) {
      const declared = parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => `{${name}}`);
      const inPath: string[] = path.match(/\{\w+\}/g) ?? [];
      expect([path, ...declared.sort()]).toEqual([path, ...inPath.sort()]);
    }
  });

  it('says who may call what, as the routes declare it', () => {
    const schemes = Object.keys(document.components.securitySchemes);
    for (const { method, url, access } of server.routes) {
      const operation = document.operationOf(method, url);
      const security = operation?.security ?? [];
      expect(schemes).toEqual(
        expect.arrayContaining(security.flatMap((requirement) => Object.keys(requirement))),
      );
      const named = security.flatMap((requirement) => Object.entries(requirement));
      const said = {
        scopes: named.filter(([scheme]) => scheme === 'apiKey').flatMap(([, roles]) => roles),
        admin: named.some(([scheme]) => scheme === 'adminKey'),
        mayBeUnknown: '401' in (operation?.responses ?? {}),
      };
      expect([url, said]).toEqual([
        url,
        {
          scopes: API_SCOPES.filter((scope) => scope === access),
          admin: access !== 'public' && access !== 'signature' && access !== 'terminal',
          mayBeUnknown: access !== 'public',
        },
      ]);
    }
  });

  it('lists success and the failures that any route can have', () => {
    const failure = z.object({
      properties: z.object({ code: z.object({ enum: z.array(z.string()).min(1) }), message: z.unknown() }),
    });
    for (const { responses, operationId } of document.operations) {
      const statuses = Object.keys(responses);
      expect([operationId, ...statuses]).toEqual(expect.arrayContaining(['400', '500', '503']));
      expect([operationId, ...statuses]).toContainEqual(expect.stringMatching(/^2\d\d$/));
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        const { success } = failure.safeParse(content?.['application/json']?.schema);
        expect([operationId, status, success]).toEqual([operationId, status, true]);
      }
    }
  });

  it('refuses unknown fields in every object that a request may hold', () => {
    for (const { operationId, requestBody } of document.operations) {
      for (const { schema } of Object.values(requestBody?.content ?? {})) {
        for (const part of partsOf(schema)) {
          if (part['properties'] === undefined) continue;
          expect([operationId, part]).toEqual([operationId, { ...part, additionalProperties: false }]);
        }
      }
    }
  });

  it('holds answers to what it says: a wrong status, body or media type is noticed', () => {
    const check = answerChecker(document);
    const answer: HttpAnswer = {
      method: 'GET',
      path: '/healthz',
      status: 200,
      contentType: 'application/json; charset=utf-8',
      body: '{"ok":true}',
    };
    expect(() => check(answer)).not.toThrow();
    expect(() => check({ ...answer, method: 'HEAD', body: '' })).not.toThrow();
    const failure = { ...answer, status: 400, body: '{"code":"bad_request","message":"no"}' };
    expect(() => check(failure)).not.toThrow();
    for (const wrong of [
      { body: '{"ok":false}' },
      { body: '{"ok":true,"more":1}' },
      { status: 201 },
      { contentType: 'text/html' },
      { path: '/nothing' },
      { status: 404, body: failure.body },
      { ...failure, body: '{"code":"not_found","message":"of another status"}' },
      { ...failure, body: '{"error":"Bad Request"}' },
    ]) {
      expect(() => check({ ...answer, ...wrong })).toThrow(/OpenAPI document/);
    }
    const enrolled = {
      ...answer,
      method: 'POST',
      path: '/api/terminals',
      status: 201,
      body: '{"terminal_id":"T1","location_id":"S1","epoch":1,"token":"x"}',
      sent: '{"terminal_id":"T1","location_id":"S1"}',
    };
    expect(() => check(enrolled)).not.toThrow();
    expect(() => check({ ...enrolled, sent: '{"terminal_id":"T1","location_id":"S1","more":1}' })).toThrow(
      /took what it should not/,
    );
  });
});

function schemasOf(document: ApiDocument): JsonSchema[] {
  return [
    ...Object.values(document.components.schemas),
    ...document.operations.flatMap(({ parameters, requestBody, responses }) => [
      ...parameters.map(({ schema }) => schema),
      ...[requestBody, ...Object.values(responses)].flatMap((holder) =>
        Object.values(holder?.content ?? {}).map(({ schema }) => schema),
      ),
    ]),
  ];
}

/** The schema and all objects inside it. */
function partsOf(schema: unknown): JsonSchema[] {
  if (Array.isArray(schema)) return schema.flatMap(partsOf);
  const object = jsonSchemaSchema.safeParse(schema);
  return object.success ? [object.data, ...Object.values(object.data).flatMap(partsOf)] : [];
}
