/** Requests for an operation of the OpenAPI document: one that fits it, and one that was spoilt in one way. */
import type { OutgoingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import type { ApiOperation, ApiParameter } from './api-document.ts';
import type { Draw } from './draw.ts';
import { type FittingContext, fittingValue } from './fitting-values.ts';
import type { RawRequest } from './raw-request.ts';
import { NASTY_VALUES, brokenJson, singleFaults, spoiltJson } from './spoilt-json.ts';

interface Parts {
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, string>;
  readonly query: [name: string, value: string][];
  readonly headers: Record<string, string | string[]>;
  readonly body: unknown;
}

export interface RequestContext extends FittingContext {
  /** Bodies that the operation has taken before: half of the time one of those is the ground. */
  readonly accepted: readonly unknown[];
}

export function fittingRequest(draw: Draw, operation: ApiOperation, context: RequestContext): RawRequest {
  return assembled(fittingParts(draw, operation, context));
}

function fittingParts(draw: Draw, operation: ApiOperation, context: RequestContext): Parts {
  const valueOf = ({ schema, name }: ApiParameter) => String(draw.from(fittingValue(schema, context, name)));
  const chosen = operation.parameters.filter(({ required }) => required || draw.from(fc.boolean()));
  const of = (place: ApiParameter['in']) =>
    chosen
      .filter((parameter) => parameter.in === place)
      .map((parameter): [string, string] => [parameter.name, valueOf(parameter)]);
  const media = operation.requestBody?.content['application/json'];
  const fresh = context.accepted.length === 0 || draw.from(fc.boolean());
  const body = fresh ? media && draw.from(fittingValue(media.schema, context)) : draw.oneOf(context.accepted);
  return {
    method: operation.method,
    path: operation.path,
    params: Object.fromEntries(of('path')),
    query: of('query'),
    headers: Object.fromEntries(of('header').map(([name, value]) => [name, headerText(value)])),
    body,
  };
}

/** Spoils a request that fits. */
export type Fault = (fitting: Parts) => RawRequest;

/** One for each single thing that can be wrong: each place of this body, and each parameter, with each nasty value. */
export function faultsOf(operation: ApiOperation, body: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  if (operation.requestBody !== undefined) {
    for (const text of singleFaults(body)) faults.push((parts) => assembled(parts, Buffer.from(text)));
  }
  for (const { in: place, name } of operation.parameters) {
    for (const text of NASTY_TEXTS) {
      faults.push((parts) => {
        const query = parts.query.filter(([other]) => other !== name);
        if (place === 'query') return assembled({ ...parts, query: [...query, [name, text]] });
        if (place === 'path') return assembled({ ...parts, params: { ...parts.params, [name]: text } });
        return assembled({ ...parts, headers: { ...parts.headers, [name]: headerText(text) } });
      });
    }
  }
  return faults;
}

export function faultyRequest(
  draw: Draw,
  operation: ApiOperation,
  context: RequestContext,
  fault: Fault,
): RawRequest {
  return fault(fittingParts(draw, operation, context));
}

const KINDS = [
  'body',
  'body',
  'body',
  'json',
  'type',
  'path',
  'query',
  'header',
  'header',
  'method',
] as const;

export function spoiltRequest(draw: Draw, operation: ApiOperation, context: RequestContext): RawRequest {
  const parts = fittingParts(draw, operation, context);
  switch (draw.oneOf(KINDS)) {
    case 'body':
      return assembled(parts, Buffer.from(spoiltJson(draw, parts.body ?? {})));
    case 'json':
      return assembled(parts, brokenJson(draw, parts.body ?? {}));
    case 'type':
      return withHeaders(assembled(parts, Buffer.from(JSON.stringify(parts.body ?? {}))), {
        'content-type': draw.oneOf(MEDIA_TYPES),
      });
    case 'path':
      return assembled({
        ...parts,
        params: Object.fromEntries(Object.keys(parts.params).map((name) => [name, draw.from(nastyPathPart)])),
        path:
          Object.keys(parts.params).length === 0 ? `${parts.path}/${draw.from(nastyPathPart)}` : parts.path,
      });
    case 'query':
      return assembled({ ...parts, query: spoiltQuery(draw, parts.query) });
    case 'header':
      return withHeaders(assembled(parts), spoiltHeaders(draw, operation));
    default:
      return assembled({ ...parts, method: draw.oneOf(METHODS) });
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

const MEDIA_TYPES = [
  '',
  'text/plain',
  'text/html',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/jsonp',
  'APPLICATION/JSON',
  'application/json, text/plain',
  '*/*',
  ';;;',
  'x'.repeat(4000),
];

/** As they stand in an address, encoded or broken. */
const nastyPathPart = fc.oneof(
  fc.constantFrom(
    '%00',
    '%',
    '%zz',
    '%ff',
    '%c3%28',
    '%2e%2e',
    '%2F',
    '..',
    '.',
    '',
    '%E2%80%AE',
    'ALL',
    '-1',
  ),
  fc.constantFrom(
    'x'.repeat(150),
    'x'.repeat(5000),
    '%F0%9F%8D%B7',
    '__proto__',
    'constructor',
    "'--",
    '0',
    '*',
  ),
  fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
);

function spoiltQuery(draw: Draw, query: readonly [string, string][]): [string, string][] {
  const [name, value] = draw.oneOf(query.length === 0 ? [['more', '1'] as const] : query);
  const nasty = draw.oneOf(NASTY_TEXTS);
  switch (draw.oneOf(['replace', 'twice', 'brackets', 'more', 'without', 'long'])) {
    case 'replace':
      return [...query.filter(([other]) => other !== name), [name, nasty]];
    case 'twice':
      return [...query, [name, value], [name, nasty]];
    case 'brackets':
      return [...query.filter(([other]) => other !== name), [`${name}[]`, value], [`${name}[a]`, nasty]];
    case 'without':
      return query.filter(([other]) => other !== name);
    case 'long':
      return Array.from({ length: 500 }, (_, index): [string, string] => [`${name}${index}`, value]);
    default:
      return [...query, [draw.oneOf(['__proto__', 'constructor', 'more', '', '%00']), nasty]];
  }
}

const NASTY_TEXTS = NASTY_VALUES.filter((value) => typeof value !== 'object')
  .map(String)
  .filter((text) => text.length < 5000);

const HEADER_NAMES = [
  'idempotency-key',
  'if-match',
  'x-request-id',
  'content-length',
  'accept',
  'expect',
  'cookie',
];
const HEADER_TEXTS = [
  '',
  ' ',
  '*',
  '""',
  '"-1"',
  '"1.5"',
  '"99999999999999999999"',
  'W/"1"',
  '"1", "2"',
  '1',
  '"1',
  'null',
  '\u00e9\u00ff',
  '__proto__',
  'x'.repeat(300),
  'x'.repeat(8000),
  '0'.repeat(40),
];

function spoiltHeaders(draw: Draw, operation: ApiOperation): Record<string, string | string[]> {
  const declared = operation.parameters
    .filter((parameter) => parameter.in === 'header')
    .map(({ name }) => name);
  const name = draw.oneOf([...HEADER_NAMES, ...declared, ...declared, ...declared]);
  const value = draw.oneOf(HEADER_TEXTS);
  // Node lets the client send no length but the right one, and `expect` is answered before the request.
  if (name === 'content-length' || name === 'expect') return { [`x-${name}`]: value };
  return { [name]: draw.from(fc.boolean()) ? value : [value, draw.oneOf(HEADER_TEXTS)] };
}

function withHeaders(request: RawRequest, headers: OutgoingHttpHeaders): RawRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

/** @param body instead of the parts' own */
function assembled(parts: Parts, body?: Buffer): RawRequest {
  const path = parts.path.replace(/\{(\w+)\}/g, (_, name: string) => pathText(parts.params[name] ?? ''));
  const query = parts.query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
  const bytes = body ?? (parts.body === undefined ? undefined : Buffer.from(JSON.stringify(parts.body)));
  return {
    method: parts.method,
    path: query === '' ? path : `${path}?${query}`,
    headers: { ...(bytes === undefined ? {} : { 'content-type': 'application/json' }), ...parts.headers },
    body: bytes,
  };
}

/** Leaves what is encoded, or broken on purpose, as it is. */
function pathText(text: string): string {
  return /^[!-~]*$/.test(text) && !/[?#/\s]/.test(text) ? text : encoded(text);
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What may stand in a header that Node sends. */
function headerText(text: string): string {
  return text.replace(/[^\t -~]/g, '?').trim();
}
