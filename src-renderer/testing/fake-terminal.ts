import type { CallOutcome, MethodName } from '#main/api/client.ts';
import { type ParsedRequestOf, type PushName, contract } from '#main/api/contract.ts';
import { ApiError } from '#main/api/errors.ts';
import type { CompletedSale, Person, PrintJob, SaleView, TillStatus } from '#main/api/views.ts';
import { type Cents, subtractCents } from '#domain/money/cents.ts';
import { Listeners } from '../connection/listeners.ts';
import type { ConnectionState, TillTransport } from '../connection/till-transport.ts';
import { FAKE_ITEMS } from './fake-catalogue.ts';
import { FakeSale } from './fake-sale.ts';
import { fakeSync } from './fake-sync.ts';

const PEOPLE: Readonly<Record<string, Person>> = {
  '1111': { userId: 'U1', name: 'Casey Moreno', role: 'cashier' },
  '2222': { userId: 'U2', name: 'Morgan Bright', role: 'manager' },
};

type Handlers = { readonly [Name in MethodName]: (request: ParsedRequestOf<Name>) => unknown };

/** A terminal that lives in the page: for looking at the screens, and for tests of what they do with its answers. */
export class FakeTerminal implements TillTransport {
  readonly #pushes = new Listeners<[name: string, body: unknown]>();
  readonly #connections = new Listeners<[state: ConnectionState]>();
  #connection: ConnectionState = 'connected';
  #sale = new FakeSale('T1-1');
  #orders = 1;
  readonly #completed = new Map<string, CompletedSale>();
  readonly calls: { readonly name: MethodName; readonly request: unknown }[] = [];
  jobs: PrintJob[] = [];
  /** The next call is carried out, and its answer gets lost. */
  loseNextAnswer = false;
  status: TillStatus = {
    storeName: 'Harbor Wine & Spirits',
    locationId: 'STORE-001',
    terminalId: 'T1',
    person: null,
    printer: { state: 'ready', waiting: 0, confirms: true, problem: null },
    drawer: { state: 'ready', problem: null },
    sync: fakeSync(),
    lowStockCount: 4,
    lastSale: null,
  };

  async call(name: MethodName, request: unknown): Promise<CallOutcome> {
    if (this.#connection !== 'connected') {
      throw new ApiError(
        'connection_lost',
        'Nothing was done: this screen has no connection to the till.',
        'now',
      );
    }
    this.calls.push({ name, request });
    await Promise.resolve();
    const outcome = this.#answer(name, request);
    if (this.loseNextAnswer) {
      this.loseNextAnswer = false;
      this.connect('lost');
      throw new ApiError(
        'connection_lost',
        'The till did not answer: look whether it was done, then try again.',
      );
    }
    return outcome;
  }

  onPush(listener: (name: string, body: unknown) => void): () => void {
    return this.#pushes.add(listener);
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    listener(this.#connection);
    return this.#connections.add(listener);
  }

  connect(state: ConnectionState): void {
    this.#connection = state;
    this.#connections.tell(state);
  }

  /** As when the server changes prices in the middle of a sale. */
  notice(notices: SaleView['notices']): void {
    this.#sale.notices = notices;
    this.#push('sale.changed', this.#sale.view());
  }

  /** Changes what the state line shows. */
  become(changes: Partial<TillStatus>): void {
    this.status = { ...this.status, ...changes };
    this.#push('status.changed', this.status);
  }

  #push(name: PushName, body: unknown): void {
    this.#pushes.tell(name, body);
  }

  #answer(name: MethodName, request: unknown): CallOutcome {
    try {
      // The schema of the same name has just let the request through.
      const handle = this.#handlers[name] as (request: unknown) => unknown;
      const parsed = contract[name].request.parse(request);
      if (contract[name].access !== 'anyone' && !this.status.person) {
        throw new ApiError('not_signed_in', 'Sign in first.');
      }
      const reply = handle(parsed);
      if (name.startsWith('sale.') && name !== 'sale.get') this.#push('sale.changed', this.#sale.view());
      return { ok: true, reply };
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError('internal', String(error), 'later');
      if (name.startsWith('sale.')) this.#push('sale.changed', this.#sale.view());
      return { ok: false, error: known.toBody() };
    }
  }

  readonly #handlers: Handlers = {
    'session.signIn': ({ pin }) => {
      const person = PEOPLE[pin];
      if (!person) throw new ApiError('wrong_pin', 'That PIN is not known here: type it again.');
      this.become({ person });
      return person;
    },
    'session.signOut': () => {
      this.become({ person: null });
      return {};
    },
    'status.get': () => this.status,
    'sale.get': () => this.#sale.view(),
    'sale.scan': ({ code }) => {
      if (!/^\d{8,14}$/.test(code)) {
        throw new ApiError(
          'unreadable_barcode',
          'This is not a product barcode: scan the one with 8 to 14 digits.',
        );
      }
      this.#sale.add(
        FAKE_ITEMS.find((item) => item.barcode === code),
        1,
      );
      return this.#sale.view();
    },
    'sale.addItem': ({ sku, quantity }) => {
      this.#sale.addSku(sku, quantity);
      return this.#sale.view();
    },
    'sale.setQuantity': ({ lineId, quantity }) => {
      this.#sale.setQuantity(lineId, quantity);
      return this.#sale.view();
    },
    'sale.removeLine': ({ lineId }) => {
      this.#sale.remove(lineId);
      return this.#sale.view();
    },
    'sale.cancel': () => {
      this.#orders += 1;
      this.#sale = new FakeSale(`T1-${this.#orders}`);
      return this.#sale.view();
    },
    'sale.dismissNotices': () => {
      this.#sale.notices = [];
      return this.#sale.view();
    },
    'care.backUp': () => this.status,
    'sale.confirmAge': ({ birthDate }) => {
      this.#sale.confirmAge(birthDate);
      if (this.#sale.view().age.outcome === 'refused') {
        throw new ApiError('under_age', 'Under 21: remove the marked lines or cancel.');
      }
      return this.#sale.view();
    },
    'sale.beginPayment': () => {
      this.#sale.beginPayment();
      return this.#sale.view();
    },
    'sale.leavePayment': () => {
      this.#sale.phase = 'selling';
      return this.#sale.view();
    },
    'sale.tenderCash': ({ orderId, tendered }) => this.#tender(orderId, 'cash', tendered),
    'sale.tenderCard': ({ orderId, approvalCode }) => {
      if (!/^[A-Z0-9]{4,12}$/i.test(approvalCode)) {
        throw new ApiError(
          'bad_approval_code',
          'Type the approval code from the card slip: 4 to 12 letters and digits.',
        );
      }
      return this.#tender(orderId, 'card', this.#sale.view().total);
    },
    'catalogue.search': ({ text, limit }) => ({
      items: FAKE_ITEMS.filter((item) => matches(`${item.name} ${item.sku}`, text))
        .slice(0, limit)
        .map((item) => ({ ...item, merchandiseCode: item.code })),
    }),
    'catalogue.quickKeys': () => ({
      keys: FAKE_ITEMS.map(({ sku, label, price, picture }) => ({ sku, label, price, picture })),
    }),
    'receipt.recent': ({ limit }) => ({ sales: [...this.#completed.values()].toReversed().slice(0, limit) }),
    'receipt.reprint': ({ orderId }) => {
      const sale = this.#completed.get(orderId);
      if (!sale) throw new ApiError('unknown_order', 'This sale is not on this till.');
      return this.#queue(sale, true);
    },
    'print.jobs': () => ({ jobs: this.jobs }),
    'print.retry': ({ jobId }) => ({ ...this.#unqueue(jobId), state: 'printed', copy: true }),
    'print.dismiss': ({ jobId }) => ({ ...this.#unqueue(jobId), state: 'dismissed' }),
    'stock.low': () => ({
      items: FAKE_ITEMS.filter((item) => item.onHand < 19).map((item) => ({
        sku: item.sku,
        name: item.name,
        merchandiseCode: item.code,
        onHand: item.onHand,
        reorderPoint: 20,
        caseSize: 12,
        suggestedQuantity: 24,
        suggestedCases: 2,
      })),
    }),
  };

  #tender(orderId: string, method: 'cash' | 'card', tendered: Cents): CompletedSale {
    const committed = this.#completed.get(orderId);
    if (committed) return committed;
    const { total } = this.#sale.view();
    if (tendered < total) throw new ApiError('not_enough_tendered', 'That is less than the amount due.');
    const completed: CompletedSale = {
      orderId,
      receiptNumber: `STORE-001-T1-${String(this.#orders).padStart(6, '0')}`,
      completedAt: new Date().toISOString(),
      method,
      total,
      tendered,
      change: subtractCents(tendered, total),
    };
    this.#completed.set(orderId, completed);
    this.#orders += 1;
    this.#sale = new FakeSale(`T1-${this.#orders}`);
    this.#queue(completed, false);
    this.become({ lastSale: completed });
    return completed;
  }

  #queue(sale: CompletedSale, copy: boolean): PrintJob {
    const held = this.status.printer.state === 'held';
    const job: PrintJob = {
      jobId: this.calls.length,
      orderId: sale.orderId,
      receiptNumber: sale.receiptNumber,
      state: held ? 'held' : 'printed',
      copy,
      attempts: 1,
      problem: held ? this.status.printer.problem : null,
      createdAt: new Date().toISOString(),
    };
    if (held) this.jobs = [...this.jobs, job];
    this.#tellPrinter();
    return job;
  }

  #unqueue(jobId: number): PrintJob {
    const job = this.jobs.find((candidate) => candidate.jobId === jobId);
    if (!job) throw new ApiError('unknown_print_job', 'This receipt is out already.');
    this.jobs = this.jobs.filter((candidate) => candidate.jobId !== jobId);
    this.#tellPrinter();
    return { ...job, problem: null };
  }

  #tellPrinter(): void {
    this.become({ printer: { ...this.status.printer, waiting: this.jobs.length } });
  }
}

function matches(haystack: string, text: string): boolean {
  const words = text.toLowerCase().split(' ');
  return words.every((word) => haystack.toLowerCase().includes(word));
}
