import { createApiClient } from '#main/api/client.ts';
import type { TillTransport } from '../connection/till-transport.ts';
import type { Speaker } from '../sound/sounds.ts';
import { TillCore } from './core.ts';
import type { FactsStore } from './facts.ts';
import { PaymentActions } from './payment-actions.ts';
import { ReceiptActions } from './receipt-actions.ts';
import { SaleActions } from './sale-actions.ts';
import { SearchActions } from './search-actions.ts';
import { SessionActions } from './session-actions.ts';
import { type Screen, screenOf } from './screen.ts';
import type { ViewStore } from '../view/view.ts';

/** Everything the screens show and do, without a screen. */
export interface Till {
  readonly facts: FactsStore;
  readonly view: ViewStore;
  readonly session: SessionActions;
  readonly sale: SaleActions;
  readonly search: SearchActions;
  readonly payment: PaymentActions;
  readonly receipts: ReceiptActions;
  /** Which screen is up now. */
  screen(): Screen;
  /** A scan from the keyboard wedge, whatever is on the screen. */
  scanned(code: string): void;
  /** Listens to the terminal until the returned function is called. */
  start(): () => void;
}

export function createTill(transport: TillTransport, speaker: Speaker): Till {
  const core = new TillCore(createApiClient(transport), speaker);
  const sale = new SaleActions(core);
  const payment = new PaymentActions(core);
  const screen = () => screenOf(core.facts.getState(), core.view.getState());

  return {
    facts: core.facts,
    view: core.view,
    session: new SessionActions(core),
    sale,
    search: new SearchActions(core, sale),
    payment,
    receipts: new ReceiptActions(core),
    screen,
    scanned(code) {
      // Card terminals print the approval code as a barcode too.
      if (screen() === 'pay' && core.view.getState().tenderTab === 'card') {
        core.view.setState({ approvalCode: code.trim().slice(0, 64) });
        core.succeed();
        return;
      }
      void sale.scan(code);
    },
    start() {
      const stops = [
        core.client.on('sale.changed', (changed) => core.receiveSale(changed)),
        core.client.on('catalogue.changed', () => void core.catalogueChanged()),
        core.client.on('status.changed', (changed) => {
          core.receiveStatus(changed);
          // Signed in from another window: this one needs the sale too.
          if (changed.person && core.facts.getState().sale === null) void core.refreshStatus();
        }),
        transport.onConnection((connection) => {
          core.facts.setState({ connection });
          if (connection === 'connected') void core.refreshStatus().then(() => payment.recover());
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
