import { z } from 'zod';

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface AdminClient {
  get(path: string): Promise<AdminAnswer>;
  post(path: string, body?: unknown): Promise<AdminAnswer>;
  /** Enrols a terminal and answers its token. */
  enrol(terminalId: string, locationId: string): Promise<string>;
}

const enrolment = z.object({ token: z.string() });

export function adminClient(url: string, key: string): AdminClient {
  async function ask(method: string, path: string, body?: unknown): Promise<AdminAnswer> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }
  const post = (path: string, body?: unknown) => ask('POST', path, body);
  return {
    get: (path) => ask('GET', path),
    post,
    async enrol(terminalId, locationId) {
      const { body } = await post('/api/terminals', { terminal_id: terminalId, location_id: locationId });
      return enrolment.parse(body).token;
    },
  };
}
