/**
 * How the HTTP side ends: requests under way are answered, connections close behind their answer, new requests are
 * sent elsewhere. The public routes are answered to the last: whoever watches the process must see how it stands.
 */
import type { FastifyInstance } from 'fastify';
import { HttpFailure } from './http-failure.ts';

/** A client that never finishes its request must not hold the server. */
const CUT_AFTER_MS = 10_000;

export interface Closing {
  readonly isClosing: () => boolean;
  /** To be followed by `app.close()`. Later calls do nothing. */
  readonly begin: () => void;
}

export function refuseWhileClosing(app: FastifyInstance, cutAfterMs = CUT_AFTER_MS): Closing {
  let closing = false;
  app.addHook('onRequest', async (request) => {
    if (closing && (request.is404 || request.routeOptions.config.access !== 'public')) {
      throw new HttpFailure('unavailable', 'The server is shutting down; try again');
    }
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (closing) reply.header('connection', 'close');
    return payload;
  });
  return {
    isClosing: () => closing,
    begin() {
      if (closing) return;
      closing = true;
      const cut = setTimeout(() => {
        app.server.closeAllConnections();
      }, cutAfterMs);
      app.server.once('close', () => {
        clearTimeout(cut);
      });
      // A server that never listened has no close to wait for.
      cut.unref();
    },
  };
}
