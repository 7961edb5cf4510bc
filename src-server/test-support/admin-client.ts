import { z } from 'zod';
import { documentedFetch } from './documented-answers.ts';

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface AdminClient {
  get(path: string): Promise<AdminAnswer>;
  post(path: string, body?: unknown): Promise<AdminAnswer>;
  /** Any method, with headers of the test's own. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<AdminAnswer>;
  /** Enrols a terminal and answers its token. */
  enrol(terminalId: string, locationId: string): Promise<string>;
}

const enrolment = z.object({ token: z.string() });

/** Asks with this key (the admin's or an API key). Each answer must be as the OpenAPI document says. */
export function adminClient(url: string, key: string): AdminClient {
  const ask = documentedFetch(url);
  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<AdminAnswer> {
    const { response, text } = await ask(path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
  const post = (path: string, body?: unknown) => send('POST', path, body);
  return {
    get: (path) => send('GET', path),
    post,
    ask: send,
    async enrol(terminalId, locationId) {
      const { body } = await post('/api/terminals', { terminal_id: terminalId, location_id: locationId });
      return enrolment.parse(body).token;
    },
  };
}
