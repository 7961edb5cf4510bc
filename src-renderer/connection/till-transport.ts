import type { ApiTransport } from '#main/api/client.ts';

/**
 * Whether this screen can reach the terminal process. Not the terminal's own connection to the server: that is in `status.sync`.
 *
 * - `connecting`: never reached yet
 * - `connected`
 * - `lost`: was connected; the transport tries again by itself
 * - `unauthorized`: the terminal does not know this page; only a new link helps
 */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'unauthorized';

export interface TillTransport extends ApiTransport {
  /** Tells the present state at once, then every change. */
  onConnection(listener: (state: ConnectionState) => void): () => void;
}
