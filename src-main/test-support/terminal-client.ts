import { type ApiClient, createApiClient } from '../api/client.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The typed caller over no transport at all. @param terminal asked for at each call: a test may open another one */
export function clientOf(terminal: () => Terminal): ApiClient {
  return createApiClient({
    call: (name, request) => terminal().call(name, request),
    onPush: (listener) => terminal().onPush(({ name, body }) => listener(name, body)),
  });
}
