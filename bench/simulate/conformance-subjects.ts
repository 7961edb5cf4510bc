/** The two servers that must say the same: the real one, over a real socket, and the simulation's model of it. */
import { cents } from '#domain/money/cents.ts';
import { inProcessBus } from '#server/bus/in-process-bus.ts';
import { TEST_DATABASES } from '#server/test-support/databases.ts';
import { downShop } from '#server/test-support/down-shop.ts';
import { startLiveProcess } from '#server/test-support/live-process.ts';
import { listForks } from '#server/terminals/forks.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { socketLink } from '#sync/socket-link.ts';
import type { OpenedLink, SyncLink } from '#sync/sync-link.ts';
import { changeItem, deleteItem } from './model/head-office.ts';
import { ModelServer } from './model/server.ts';
import { LOCATION } from './model/state.ts';
import { simulatedLine } from './world/line.ts';
import { networkOf } from './world/network.ts';
import { settling } from './world/settle.ts';
import { splitRandom } from './world/split-random.ts';
import { traceOf } from './world/trace.ts';
import { virtualTime } from './world/virtual-time.ts';

export interface Enrolled {
  readonly terminalId: string;
  readonly token: string;
}

export interface Subject {
  enrol(): Promise<Enrolled>;
  open(terminal: Enrolled): Promise<OpenedLink>;
  /** How often the open lines were told that there is something to pull. */
  pokes(): number;
  /** Until `happened`, or a while. */
  waitFor(happened: () => boolean): Promise<void>;
  putItem(sku: string, priceCents: number): Promise<void>;
  removeItem(sku: string): Promise<void>;
  /** Histories that were shown in its name and are not its own. */
  forks(terminalId: string): Promise<number>;
  close(): Promise<void>;
}

export const SUBJECTS: readonly { readonly kind: string; readonly create: () => Promise<Subject> }[] = [
  { kind: 'the model', create: async () => modelSubject() },
  { kind: 'the real server', create: realSubject },
];

/** Nothing that is asked for takes longer. */
const PATIENCE_MS = 10_000;

async function realSubject(): Promise<Subject> {
  const home = await (TEST_DATABASES.find(({ kind }) => kind === 'pglite') ?? TEST_DATABASES[0])?.create();
  if (!home) throw new Error('There is no database to test with.');
  const database = await home.open();
  const bus = inProcessBus();
  const shop = downShop(database, bus);
  const server = await startLiveProcess({ database, bus });
  await shop.makeCode('WINE');
  const versions = new Map<string, number>();
  let pokes = 0;
  return {
    enrol: () => shop.enrol(LOCATION),
    open: ({ terminalId, token }) =>
      socketLink({ url: server.url, handshake: { protocol: PROTOCOL_VERSION, terminalId, token } })({
        onClosed: () => undefined,
        onChangesAvailable: () => {
          pokes += 1;
        },
      }),
    pokes: () => pokes,
    async waitFor(happened) {
      for (let waited = 0; !happened() && waited < PATIENCE_MS; waited += 10)
        await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async putItem(sku, priceCents) {
      const version = versions.get(sku) ?? 0;
      if (version === 0) await shop.makeItem(sku, 'WINE', priceCents / 100);
      else await shop.changePrice(sku, version, priceCents / 100);
      versions.set(sku, version + 1);
    },
    async removeItem(sku) {
      await shop.items.remove(sku, versions.get(sku) ?? 0, shop.everywhere());
    },
    forks: async (terminalId) =>
      (await listForks(database)).filter((fork) => fork.terminal_id === terminalId).length,
    async close() {
      await server.close();
      await database.close();
      await home.dispose();
    },
  };
}

function modelSubject(): Subject {
  const time = virtualTime();
  const trace = traceOf(time, false);
  const random = splitRandom(1, 'conformance');
  const settled = settling();
  const network = networkOf(time, random, trace);
  const server = new ModelServer({ time, random, trace, epoch: Date.now(), horizon: 10_000, slowness: 2 });
  let pokes = 0;
  let enrolled = 0;

  /** Time goes on only while somebody waits for something. */
  async function waitFor(happened: () => boolean): Promise<void> {
    const end = time.now() + PATIENCE_MS;
    await settled.settle();
    while (!happened()) {
      const work = time.next(end);
      if (!work) return;
      work();
      await settled.settle();
    }
  }

  async function answered<Reply>(asked: Promise<Reply>): Promise<Reply> {
    let isOver = false;
    void asked
      .catch(() => undefined)
      .then(() => {
        isOver = true;
      });
    await waitFor(() => isOver);
    return asked;
  }

  const timed = (link: SyncLink): SyncLink => ({
    hello: (request) => answered(link.hello(request)),
    push: (request) => answered(link.push(request)),
    pullEvents: (request) => answered(link.pullEvents(request)),
    listQuarantined: () => answered(link.listQuarantined()),
    pullChanges: (request) => answered(link.pullChanges(request)),
    prepareSnapshot: () => answered(link.prepareSnapshot()),
    close: () => link.close(),
  });

  return {
    async enrol() {
      enrolled += 1;
      const terminalId = `T${enrolled}`;
      const token = `token-${enrolled}`;
      server.enrol(terminalId, LOCATION, token);
      return { terminalId, token };
    },
    async open({ terminalId, token }) {
      const handshake = { protocol: PROTOCOL_VERSION, terminalId, token };
      const watcher = {
        opening: () => undefined,
        asked: () => undefined,
        settled: () => undefined,
        told: () => undefined,
      };
      const open = simulatedLine({ handshake, till: terminalId, time, network, server, watcher });
      const opened = await answered(
        open({
          onClosed: () => undefined,
          onChangesAvailable: () => {
            pokes += 1;
          },
        }),
      );
      return opened.ok ? { ok: true, link: timed(opened.link) } : opened;
    },
    pokes: () => pokes,
    waitFor,
    async putItem(sku, priceCents) {
      server.change('item', (state) => changeItem(state, sku, { price: cents(priceCents) }));
    },
    async removeItem(sku) {
      server.change('deletion', (state) => deleteItem(state, sku));
    },
    forks: async (terminalId) => server.state.terminals.get(terminalId)?.forks.length ?? 0,
    async close() {},
  };
}
