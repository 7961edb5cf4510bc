/** The till's engine over a till's own database, until the server has all of it. */
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import { openCursorWriter } from '#main/store/open-store.ts';
import { SyncEngine } from '#sync/engine.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { realTimer } from '#sync/set-timer.ts';
import { socketLink } from '#sync/socket-link.ts';

export interface DrainableTill {
  /** Resolves when the till knows that the server has its last event; rejects when the server refuses it. */
  drain(url: string): Promise<void>;
  close(): void;
}

export function openDrainableTill(folder: string, terminalId: string, token: string): DrainableTill {
  const cursor = openCursorWriter(folder);
  const outbox = sqliteOutbox(cursor.writer);
  const { seq: last } = outbox.head();
  return {
    drain: (url) =>
      new Promise((resolve, reject) => {
        const engine = new SyncEngine({
          terminalId,
          outbox,
          openLink: socketLink({ url, handshake: { protocol: PROTOCOL_VERSION, terminalId, token } }),
          down: null,
          isRecovering: () => false,
          recovered: () => undefined,
          now: () => new Date(),
          random: Math.random,
          setTimer: realTimer,
          onStatus({ up: { state, ackedThrough, problem } }) {
            if (state === 'refused') reject(new Error(problem ?? 'The server refuses this till'));
            if (ackedThrough < last) return;
            engine.stop();
            resolve();
          },
        });
        engine.start();
      }),
    close() {
      cursor.close();
    },
  };
}
