/**
 * A terminal's way to the servers: when one does not answer or the line breaks, it goes to the other one. The line can
 * also be broken from outside, in the middle of whatever is under way.
 */
import type { Handshake } from '#sync/protocol/messages.ts';
import { socketLink } from '#sync/socket-link.ts';
import type { OpenLink } from '#sync/sync-link.ts';

export interface WanderingLine {
  readonly open: OpenLink;
  /** index of the server that it goes to, or would go to */
  server(): number;
  /** The network breaks; nobody has asked for it. */
  break(): void;
}

const CONNECT_WITHIN_MS = 5_000;

export function wanderingLine(urls: readonly string[], handshake: Handshake, first: number): WanderingLine {
  const links = urls.map((url) => socketLink({ url, handshake, connectTimeoutMs: CONNECT_WITHIN_MS }));
  let server = first % links.length;
  let breakNow: (() => void) | undefined;
  const goOn = () => {
    breakNow = undefined;
    server = (server + 1) % links.length;
  };
  return {
    async open(listeners) {
      const link = links[server];
      if (link === undefined) throw new Error('There is no server');
      const lost = (reason: string) => {
        goOn();
        listeners.onClosed(reason);
      };
      const opened = await link({ ...listeners, onClosed: lost });
      if (opened.ok) breakNow = () => lost('The line was cut.');
      else goOn();
      return opened;
    },
    server: () => server,
    break() {
      breakNow?.();
    },
  };
}
