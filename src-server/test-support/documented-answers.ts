/**
 * Holds real answers against the server's own OpenAPI document: an answer with a status that the operation does not
 * list, or a body that does not fit the schema for it, fails the test that caused it.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type ApiDocument, type JsonSchema, readApiDocument } from './api-document.ts';

export interface HttpAnswer {
  readonly method: string;
  /** with the query, as it was sent */
  readonly path: string;
  readonly status: number;
  /** of the header; null when there is none */
  readonly contentType: string | null;
  readonly body: string;
  /** The body of the request: one that was taken must be one that the document allows. */
  readonly sent?: string | undefined;
}

/** @throws {Error} saying how the answer departs from the document. */
export type CheckAnswer = (answer: HttpAnswer) => void;

/** What may answer an address or method that is none of the API's. */
const FAILURE: JsonSchema = {
  type: 'object',
  properties: { code: { type: 'string' }, message: { type: 'string', minLength: 1 } },
  required: ['code', 'message'],
  additionalProperties: false,
};

export function answerChecker(document: ApiDocument): CheckAnswer {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    allErrors: true,
    keywords: ['components', 'example'],
  });
  addFormats(ajv);
  const compiled = new Map<JsonSchema, ValidateFunction>();
  const validatorOf = (schema: JsonSchema) => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    // The components come along, so that `#/components/schemas/…` points at something.
    const validate = ajv.compile({ ...schema, components: document.components });
    compiled.set(schema, validate);
    return validate;
  };

  return (answer) => {
    const { method, path, status } = answer;
    const says = `${method} ${path} answered ${status}`;
    const operation = document.operationOf(method, path);
    if (operation === undefined) {
      if (status < 400) throw new Error(`${says}, and is not in the OpenAPI document`);
      if (method === 'HEAD') return;
      matches(validatorOf(FAILURE), answer.body, says);
      return;
    }
    const response = operation.responses[String(status)];
    if (response === undefined) {
      throw new Error(`${says}, which the OpenAPI document does not list: ${answer.body.slice(0, 300)}`);
    }
    const takes = operation.requestBody?.content['application/json']?.schema;
    if (status < 300 && takes !== undefined && answer.sent !== undefined) {
      matches(validatorOf(takes), answer.sent, `${method} ${path} took what it should not`);
    }
    const [mediaType = ''] = (answer.contentType ?? '').split(';');
    if (method === 'HEAD' || response.content === undefined) {
      if (answer.body !== '') throw new Error(`${says} with a body that the OpenAPI document does not list`);
      return;
    }
    const media = response.content[mediaType];
    if (media === undefined)
      throw new Error(`${says} with ${mediaType}, which the OpenAPI document does not list`);
    matches(validatorOf(media.schema), answer.body, says);
  };
}

function matches(validate: ValidateFunction, text: string, says: string): void {
  const value: unknown = JSON.parse(text);
  if (validate(value)) return;
  const reasons = (validate.errors ?? []).map(
    ({ instancePath, message = '' }) => `${instancePath} ${message}`,
  );
  throw new Error(`${says} against the OpenAPI document: ${reasons.join('; ')}\n${text.slice(0, 1000)}`);
}

/** `fetch` for one server, whose every answer must be as documented. The document is read with the first request. */
export function documentedFetch(
  serverUrl: string,
): (path: string, init?: RequestInit) => Promise<{ readonly response: Response; readonly text: string }> {
  let checking: Promise<CheckAnswer> | undefined;
  return async (path, init = {}) => {
    checking ??= readApiDocument(serverUrl).then(answerChecker);
    const check = await checking;
    const response = await fetch(`${serverUrl}${path}`, init);
    const text = await response.text();
    check({
      method: init.method ?? 'GET',
      path,
      status: response.status,
      contentType: response.headers.get('content-type'),
      body: text,
      sent: typeof init.body === 'string' ? init.body : undefined,
    });
    return { response, text };
  };
}
