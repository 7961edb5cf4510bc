/** All who are at work in the stores: tills, channels, the warehouse, and terminals that listen. */
import { seededRandom } from '../random.ts';
import { type Bell, createBell } from './bell.ts';
import { type ChannelClient, channelClient } from './channel-client.ts';
import { type Access, CHANNELS } from './fill-stores.ts';
import type { Ledger } from './ledger.ts';
import { type LiveListener, liveListener } from './live-listener.ts';
import type { Stores } from './stores.ts';
import { type Till, openTill } from './till.ts';
import { type Warehouse, warehouse } from './warehouse.ts';
import { blindShelf, ownShelf } from './till-shelf.ts';
import { LOCATIONS, SOLO_LOCATION, openingStock, skusOf } from './wares.ts';

export interface Staff {
  readonly tills: readonly Till[];
  readonly channels: readonly ChannelClient[];
  readonly warehouse: Warehouse;
  readonly listeners: readonly LiveListener[];
  /** A till or a channel has the word of a server. */
  readonly acknowledged: Bell;
  /** A listener has heard of a change: subscribers are at work. */
  readonly told: Bell;
}

export interface StaffOptions {
  readonly stores: Stores;
  readonly access: Access;
  readonly terminals: number;
  readonly seed: number;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  readonly cleanUp: (() => Promise<void>)[];
}

/** Two of each channel compete for the same bottles. */
const CLIENTS_A_CHANNEL = 2;

export async function hireStaff(options: StaffOptions): Promise<Staff> {
  const { stores, access, terminals, seed, ledger, signal, cleanUp } = options;
  const { urls } = stores;
  const acknowledged = createBell();
  const told = createBell();
  let hired = 0;
  // Everybody draws from a generator of their own: who comes first does not change what the others do.
  const ownRandom = () => seededRandom(seed + (hired += 1) * 7919);
  const common = { urls, ledger, acknowledged, signal };

  const tills: Till[] = [];
  for (let number = 1; number <= terminals; number += 1) {
    const terminalId = `T${number}`;
    const isSolo = number === terminals;
    const locationId = isSolo ? SOLO_LOCATION : (LOCATIONS[number % LOCATIONS.length] ?? LOCATIONS[0]);
    const token = await access.enrol(terminalId, locationId);
    const shelf = isSolo ? ownShelf((sku) => noteLow(ledger, sku)) : blindShelf();
    const till = openTill({
      ...common,
      terminalId,
      locationId,
      token,
      shelf,
      server: number,
      random: ownRandom(),
    });
    cleanUp.push(async () => till.stop());
    if (isSolo) till.deliver(new Map(skusOf('shelf', 'returnable').map((sku) => [sku, openingStock(sku)])));
    tills.push(till);
  }
  const channels = CHANNELS.flatMap((channel) =>
    Array.from({ length: CLIENTS_A_CHANNEL }, () =>
      channelClient({ ...common, channel, apiKey: access.channelKeys[channel], random: ownRandom() }),
    ),
  );
  const listeners: LiveListener[] = [];
  for (const [place, locationId] of LOCATIONS.entries()) {
    for (const server of urls.keys()) {
      const terminalId = `L${place + 1}${server + 1}`;
      const token = await access.enrol(terminalId, locationId);
      const apiKey = access.inventoryKey;
      const listener = liveListener({ urls, ledger, told, terminalId, token, locationId, apiKey, server });
      cleanUp.push(() => listener.stop());
      listeners.push(listener);
    }
  }
  const stock = warehouse({ ...common, apiKey: access.inventoryKey, random: ownRandom() });
  return { tills, channels, warehouse: stock, listeners, acknowledged, told };
}

function noteLow({ soloLow }: Ledger, sku: string): void {
  soloLow.set(sku, (soloLow.get(sku) ?? 0) + 1);
}
