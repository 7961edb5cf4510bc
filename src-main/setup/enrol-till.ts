/**
 * Makes a till from a one-time code: under a name that the server gives, with the history that the server knows of it as its
 * beginning. Catalogue, people and the shop's own texts come down once the till runs. Put together beside its place and
 * moved there whole, as {@link setUpTerminal} does it.
 */
import { existsSync } from 'node:fs';
import type { TerminalSettings } from '../store/settings-store.ts';
import { keepIdentity } from '../care/identity-file.ts';
import { writeChainBase } from '../store/chain-base.ts';
import { putInPlace } from '../store/durable-file.ts';
import { createStore, databaseFile } from '../store/open-store.ts';
import { setLastReceipt } from '../store/receipt-counter.ts';
import { writeTerminalSettings } from '../store/settings-store.ts';
import { StoreError } from '../store/store-errors.ts';
import { type Enrolment, askEnrolment } from './ask-enrolment.ts';
import { clearWorkshop } from './clear-workshop.ts';
import { forgetRequest, keepRequest } from './enrolment-request.ts';

export interface EnrolOptions {
  /** Where the till's data folder will be. */
  readonly folder: string;
  readonly serverUrl: string;
  readonly code: string;
  readonly printer: TerminalSettings['printer'];
  readonly now: Date;
}

export interface EnrolledTill {
  readonly terminalId: string;
  readonly locationId: string;
  readonly epoch: number;
}

/** @throws {StoreError} `store_exists` when there is a till already, before anybody is asked; {@link EnrolError} */
export async function enrolTill(options: EnrolOptions): Promise<EnrolledTill> {
  const { folder, serverUrl, code, now } = options;
  if (existsSync(databaseFile(folder))) {
    throw new StoreError('store_exists', `There is already a till in ${folder}.`);
  }
  const workshop = `${folder}.new`;
  clearWorkshop(workshop, now);
  const enrolment = await askEnrolment(serverUrl, code, keepRequest(folder, serverUrl, code));
  makeStore(workshop, enrolment, options);
  putInPlace(workshop, folder);
  forgetRequest(folder);
  return {
    terminalId: enrolment.terminal_id,
    locationId: enrolment.location_id,
    epoch: enrolment.epoch,
  };
}

function makeStore(workshop: string, enrolment: Enrolment, { serverUrl, printer }: EnrolOptions): void {
  const { head, location_id: locationId, terminal_id: terminalId, epoch, token } = enrolment;
  const store = createStore(workshop);
  const { writer } = store;
  try {
    writer.transaction(() => {
      writeTerminalSettings(writer, {
        // Until the server has told the shop's name.
        storeName: locationId,
        storeAddress: [],
        receiptFooter: [],
        locationId,
        terminalId,
        server: { url: serverUrl, token, epoch },
        printer,
      });
      writeChainBase(writer, head);
      writer.connection.prepare('UPDATE sync_cursor SET acked_through = ?').run(head.seq);
      setLastReceipt(writer, enrolment.receipt_counter_from - 1);
    });
    keepIdentity(writer, workshop);
  } finally {
    store.close();
  }
}
