/** HTTP requests as bytes: what `fetch` would correct or refuse to send. */
import { Agent, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface RawRequest {
  readonly method: string;
  /** as it stands on the request line */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

export interface RawClient {
  send(request: RawRequest): Promise<RawAnswer>;
  close(): void;
}

export function rawClient(serverUrl: string): RawClient {
  const { hostname, port } = new URL(serverUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(
          { agent, hostname, port, method, path, headers: withLength(headers, body) },
          (response) => {
            buffer(response).then((bytes) => {
              resolve({
                status: response.statusCode ?? 0,
                contentType: response.headers['content-type'] ?? null,
                body: bytes.toString(),
              });
            }, reject);
          },
        );
        request.on('error', reject);
        request.end(body);
      }),
    close: () => {
      agent.destroy();
    },
  };
}

/** Node adds a length of its own to some methods only. */
function withLength(headers: OutgoingHttpHeaders, body: Buffer | undefined): OutgoingHttpHeaders {
  return body === undefined ? headers : { 'content-length': body.length, ...headers };
}
