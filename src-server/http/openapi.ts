/**
 * The OpenAPI 3.1 document, made from the same schemas that validate and serialise. It is public: it says what anybody
 * can read in the source, nothing of a shop, and whoever writes a client needs it before they have a key.
 */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { type FastifyPluginAsyncZod, jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { NO_BODY } from './route-rules.ts';

/** To be called before any route is added: it collects them. */
export function describeRoutes(app: FastifyInstance): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Holdfast server',
        version: '1',
        description:
          'Every refusal is `{code, message}`: `code` is for programs and belongs to the contract, `message` is for people. ' +
          'Amounts of money are decimals with at most two places. Every answer has `x-request-id`: the one that was sent, ' +
          'or one of our own, under which the server has logged what went wrong. After a 503 the same request may be ' +
          'sent again, with the same `Idempotency-Key` where it has one.',
      },
      components: {
        securitySchemes: {
          adminKey: { type: 'http', scheme: 'bearer', description: 'The key of whoever runs the server' },
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'A key from `POST /api/api-keys`; the roles named by an operation are its scopes',
          },
          terminalToken: {
            type: 'http',
            scheme: 'bearer',
            description: 'The token of a terminal, which names itself in the header `x-terminal-id`',
          },
          signature: {
            type: 'apiKey',
            in: 'header',
            name: 'stripe-signature',
            description: "The payment provider's signature over the body",
          },
        },
      },
    },
    transform: (documented) => {
      const { body, ...described } = documented.schema;
      const takesBody = body !== undefined && body !== NO_BODY;
      const { schema, url } = jsonSchemaTransform({
        ...documented,
        schema: takesBody ? { ...described, body } : described,
      });
      const access = documented.route.config?.access;
      return { schema: { ...schema, security: access === undefined ? [] : securityOf(access) }, url };
    },
  });
}

function securityOf(access: Access): Record<string, string[]>[] {
  switch (access) {
    case 'public':
      return [];
    case 'signature':
      return [{ signature: [] }];
    case 'terminal':
      return [{ terminalToken: [] }];
    case 'admin':
      return [{ adminKey: [] }];
    case 'orders':
    case 'catalogue':
    case 'inventory':
      return [{ adminKey: [] }, { apiKey: [access] }];
  }
}

export const openApiRoutes: FastifyPluginAsyncZod = async (app) => {
  app.route({
    method: 'GET',
    url: '/api/openapi.json',
    config: { access: 'public' },
    schema: {
      summary: 'This document',
      tags: ['health'],
      response: { 200: z.record(z.string(), z.unknown()) },
    },
    handler: async () => ({ ...app.swagger() }),
  });
};
