/**
 * The sale at the counter: what the cashier does to the open cart, and the tender that ends it.
 * Every change is on the disk before it is shown.
 */
import { isDeepStrictEqual } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { ageOn, ageOutcome } from '#domain/age/age-rule.ts';
import { type Cart, addToCart, removeLine, setLineQuantity } from '#domain/pricing/cart.ts';
import { type CatalogueFacts, type PricedCart, price } from '#domain/pricing/price.ts';
import type { PaymentMethod } from '#domain/events/seed-events.ts';
import type { Cents } from '#domain/money/cents.ts';
import { formatDollars } from '#domain/money/format.ts';
import { ApiError } from '../api/errors.ts';
import type { CompletedSale, Person, SaleView } from '../api/views.ts';
import type { CartStore, OpenSale } from '../store/cart-store.ts';
import type { CatalogueReader } from '../store/catalogue-reader.ts';
import type { OrderReader, StoredSale } from '../store/order-reader.ts';
import type { CommitSale } from '../store/sale-committer.ts';
import type { TerminalSettings } from '../store/settings-store.ts';
import { localDate, utcOffsetMinutes } from '../terminal/local-time.ts';
import { findScanned, saleable } from './barcode-lookup.ts';
import { emptySale, followFacts } from './follow-facts.ts';
import { refusePricing } from './pricing-refusal.ts';
import { makeReceipt } from './receipt-maker.ts';
import { type Phase, saleView } from './sale-view.ts';
import { approvalCode, cashChange } from './tender-rules.ts';

export interface SaleDeskOptions {
  /** As they are now: the store's name and the footer of its receipts may come from the server while the till runs. */
  readonly settings: () => TerminalSettings;
  readonly catalogue: CatalogueReader;
  readonly carts: CartStore;
  readonly orders: OrderReader;
  readonly commitSale: CommitSale;
  readonly now: () => Date;
  readonly onChange: (view: SaleView) => void;
  /** Items that were taken off the open sale: they are not in the catalogue any more, or nobody can say what they cost. */
  readonly onLinesLost: (skus: readonly string[]) => void;
  /** After the commit has reached the disk, before the answer goes out. */
  readonly onCommitted: (sale: CompletedSale) => void;
}

/** What the cashier saw on the screen when he pressed the key. */
export interface SeenSale {
  readonly orderId: string;
  readonly total: Cents;
}

interface Tender {
  readonly method: PaymentMethod;
  readonly tendered: Cents;
  readonly approvalCode: string | null;
}

/** A tender that every check has passed: from here on only the disk can refuse. */
interface AcceptedTender {
  readonly priced: PricedCart;
  /** The facts that `priced` was made from. */
  readonly stockFacts: CatalogueFacts['items'];
  readonly tender: Tender;
  readonly change: Cents;
  readonly person: Person;
}

export class SaleDesk {
  private readonly options: SaleDeskOptions;
  private sale: OpenSale;
  /**
   * Set while somebody pays: the catalogue as it was when the amount due was named. What changes meanwhile changes that
   * amount no more. Not stored: after a restart nobody is paying, the lines are there and the cashier starts payment again.
   */
  private paying: CatalogueFacts | null = null;

  constructor(options: SaleDeskOptions) {
    this.options = options;
    this.sale = options.carts.load() ?? emptySale(newOrderId());
    this.takeUpStored();
  }

  /** A till that does not start because of one open sale sells nothing at all: one that cannot be priced any more is given up. */
  private takeUpStored(): void {
    try {
      this.catalogueChanged();
      this.view();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.options.onLinesLost(this.sale.lines.map(({ sku }) => sku));
      this.begin(emptySale(newOrderId()));
    }
  }

  view(): SaleView {
    return this.viewOf(this.sale, this.facts());
  }

  /** Prices the open sale by the catalogue that has come, and shows it when that changes anything. */
  catalogueChanged(): void {
    if (this.paying) return;
    const facts = this.factsOf(this.sale);
    const followed = followFacts(this.sale, this.sale, facts);
    if (isDeepStrictEqual(followed, this.sale)) return;
    const told = new Set(this.sale.notices);
    const lost = followed.notices.filter((notice) => notice.kind === 'withdrawn' && !told.has(notice));
    if (lost.length > 0) this.options.onLinesLost(lost.map(({ sku }) => sku));
    this.keep(followed, this.priceView(followed, facts));
  }

  /** The cashier has read what changed. A repeated call says nothing of the next sale. */
  dismissNotices(orderId: string): SaleView {
    this.refuseAnotherOrder(orderId);
    if (this.sale.notices.length === 0) return this.view();
    const read = { ...this.sale, notices: [] };
    return this.keep(read, this.viewOf(read, this.facts()));
  }

  scan(code: string): SaleView {
    this.refuseDuringPayment();
    return this.add(findScanned(code, this.options.catalogue).sku, 1);
  }

  addItem(sku: string, quantity: number): SaleView {
    this.refuseDuringPayment();
    const item = this.options.catalogue.findBySku(sku);
    if (!item) throw new ApiError('unknown_item', `There is no item ${sku}.`);
    return this.add(saleable(item).sku, quantity);
  }

  setQuantity(lineId: string, quantity: number): SaleView {
    this.refuseDuringPayment();
    this.refuseUnknownLine(lineId);
    const changed = setLineQuantity(this.sale, lineId, quantity);
    if (!changed) throw quantityOutOfRange();
    return this.replaceCart(changed);
  }

  removeLine(lineId: string): SaleView {
    this.refuseDuringPayment();
    this.refuseUnknownLine(lineId);
    return this.replaceCart(removeLine(this.sale, lineId) ?? this.sale);
  }

  /** Needs no price: it is also the way out of a sale that has become too large to be priced. */
  cancel(orderId: string): SaleView {
    this.refuseAnotherOrder(orderId);
    this.refuseDuringPayment();
    return this.begin(emptySale(newOrderId()));
  }

  /** Keeps the age in years for this order, not the date. */
  confirmAge(orderId: string, birthDate: string): SaleView {
    this.refuseAnotherOrder(orderId);
    this.refuseDuringPayment();
    const age = ageOn(birthDate, this.today());
    if (age === undefined) {
      throw new ApiError(
        'impossible_birth_date',
        'Nobody is that old or born in the future. Type the date again.',
        'now',
      );
    }
    // An age that nothing asked for would stay on the order and answer for what is scanned later.
    if (this.priced().minimumAge === null) return this.view();
    const view = this.replaceCart({ ...this.sale, customerAge: age });
    if (view.age.outcome === 'refused') throw this.underAge(view.age.minimumAge);
    return view;
  }

  beginPayment(): SaleView {
    this.catalogueChanged();
    if (this.sale.lines.length === 0) throw new ApiError('empty_sale', 'Scan something first.', 'now');
    const facts = this.facts();
    this.refuseWithoutAge(pricedBy(this.sale, facts));
    this.paying = facts;
    return this.show();
  }

  leavePayment(): SaleView {
    this.paying = null;
    // What came while the customer was paying counts from here.
    this.catalogueChanged();
    return this.show();
  }

  tenderCash(seen: SeenSale, tendered: Cents, person: Person): CompletedSale {
    return this.tender(seen, person, () => ({ method: 'cash', tendered, approvalCode: null }));
  }

  tenderCard(seen: SeenSale, typedCode: string, person: Person): CompletedSale {
    return this.tender(seen, person, () => ({
      method: 'card',
      tendered: seen.total,
      approvalCode: approvalCode(typedCode),
    }));
  }

  private tender(seen: SeenSale, person: Person, makeTender: () => Tender): CompletedSale {
    const committed = this.options.orders.find(seen.orderId);
    if (committed) return sameTenderAgain(committed, seen, makeTender());
    if (seen.orderId !== this.sale.orderId) {
      throw new ApiError('unknown_order', 'This sale is no longer open. Look at the screen again.');
    }
    const facts = this.paying;
    if (!facts) throw new ApiError('not_in_payment', 'Press Pay first.', 'now');
    const priced = pricedBy(this.sale, facts);
    this.refuseWithoutAge(priced);
    if (seen.total !== priced.total) {
      throw new ApiError(
        'total_changed',
        'The total has changed meanwhile. Look at it again before you take the money.',
        'now',
      );
    }
    const tender = makeTender();
    const change = cashChange(priced.total, tender.tendered);
    return this.commit({ priced, stockFacts: facts.items, tender, change, person });
  }

  private commit({ priced, stockFacts, tender, change, person }: AcceptedTender): CompletedSale {
    const { commitSale, now, onCommitted, onChange } = this.options;
    const settings = this.options.settings();
    const soldAt = now();
    const { orderId, customerAge } = this.sale;
    const next = emptySale(newOrderId());
    const { receiptNumber } = commitSale({
      orderId,
      priced,
      ageVerified: priced.minimumAge !== null && customerAge !== null,
      payment: { paymentId: `pay_${uuidv7()}`, ...tender, change },
      userId: person.userId,
      terminalId: settings.terminalId,
      locationId: settings.locationId,
      completedAt: soldAt.toISOString(),
      utcOffsetMinutes: utcOffsetMinutes(soldAt),
      stockFacts,
      receipt: (number) =>
        makeReceipt(settings, {
          orderId,
          receiptNumber: number,
          priced,
          ...tender,
          change,
          cashier: person.name,
          soldAt,
        }),
      printReceipt: settings.printer !== null,
      nextCart: next,
    });
    this.sale = next;
    this.paying = null;
    const sale: CompletedSale = {
      orderId,
      receiptNumber,
      completedAt: soldAt.toISOString(),
      method: tender.method,
      total: priced.total,
      tendered: tender.tendered,
      change,
    };
    onCommitted(sale);
    onChange(this.view());
    return sale;
  }

  private add(sku: string, quantity: number): SaleView {
    const added = addToCart(this.sale, sku, quantity, uuidv7());
    if (added) return this.replaceCart(added);
    if (this.sale.lines.some((line) => line.sku === sku)) throw quantityOutOfRange();
    throw new ApiError('sale_too_large', 'This sale is full. Finish it and start another one.');
  }

  private replaceCart(cart: Cart): SaleView {
    const facts = this.factsOf(cart);
    const followed = followFacts(this.sale, cart, facts);
    return this.keep(followed, this.priceView(followed, facts));
  }

  private begin(empty: OpenSale): SaleView {
    return this.keep(empty, this.priceView(empty, this.factsOf(empty)));
  }

  /** On the disk first, then shown. One that cannot be priced has no view: it was refused, and the old one stays. */
  private keep(sale: OpenSale, view: SaleView): SaleView {
    this.options.carts.save(sale, this.options.now().toISOString());
    this.sale = sale;
    this.options.onChange(view);
    return view;
  }

  private show(): SaleView {
    const view = this.view();
    this.options.onChange(view);
    return view;
  }

  private viewOf(sale: OpenSale, facts: CatalogueFacts): SaleView {
    // Facts that have come since the sale was kept are told even if nobody has said yet that they came.
    return this.priceView(this.paying ? sale : followFacts(sale, sale, facts), facts);
  }

  /** Of a sale that has followed these facts. */
  private priceView(sale: OpenSale, facts: CatalogueFacts): SaleView {
    const phase: Phase = this.paying ? 'paying' : 'selling';
    return saleView(sale, pricedBy(sale, facts), phase, this.today());
  }

  private priced(): PricedCart {
    return pricedBy(this.sale, this.facts());
  }

  private facts(): CatalogueFacts {
    return this.paying ?? this.factsOf(this.sale);
  }

  private factsOf(cart: Cart): CatalogueFacts {
    return this.options.catalogue.factsFor(cart.lines.map((line) => line.sku));
  }

  private refuseDuringPayment(): void {
    if (!this.paying) return;
    throw new ApiError(
      'payment_in_progress',
      'Payment is open: finish it, or press Esc to go on scanning.',
      'now',
    );
  }

  private refuseAnotherOrder(orderId: string): void {
    if (orderId === this.sale.orderId) return;
    throw new ApiError(
      'another_order',
      'The till has gone on to another sale. Look at the screen again.',
      'now',
    );
  }

  private refuseUnknownLine(lineId: string): void {
    if (this.sale.lines.some((line) => line.lineId === lineId)) return;
    throw new ApiError('unknown_line', 'This line is no longer in the sale.');
  }

  private refuseWithoutAge(priced: PricedCart): void {
    const outcome = ageOutcome(priced.minimumAge, this.sale.customerAge);
    if (outcome === 'needed') {
      throw new ApiError('age_check_required', "Ask for the customer's birth date first.", 'now');
    }
    if (outcome === 'refused') throw this.underAge(priced.minimumAge);
  }

  private underAge(minimumAge: number | null): ApiError {
    const restricted = this.priced().lines.find((line) => line.minimumAge === minimumAge);
    return new ApiError(
      'under_age',
      `Under ${minimumAge ?? 21}: remove ${restricted?.name ?? 'the item'} or cancel the sale.`,
    );
  }

  private today(): string {
    return localDate(this.options.now());
  }
}

/** @throws {ApiError} when a fact is missing or the sale is too large */
function pricedBy(cart: Cart, facts: CatalogueFacts): PricedCart {
  const result = price(cart, facts);
  return result.ok ? result.cart : refusePricing(result.refusal);
}

/**
 * A committed order answers with itself, so that a call repeated after a lost answer charges nobody twice. Any other
 * tender for it is refused: a card that was charged meanwhile must be refunded, not shown the change of a cash sale.
 */
function sameTenderAgain(committed: StoredSale, seen: SeenSale, tender: Tender): CompletedSale {
  const { approvalCode: committedCode, ...sale } = committed;
  const isSame =
    sale.method === tender.method &&
    sale.total === seen.total &&
    sale.tendered === tender.tendered &&
    committedCode === tender.approvalCode;
  if (isSame) return sale;
  throw new ApiError(
    'already_paid',
    `This sale is already paid by ${sale.method}: ${formatDollars(sale.total)}. Give back what was taken a second time.`,
  );
}

function quantityOutOfRange(): ApiError {
  return new ApiError('quantity_out_of_range', 'A quantity is a whole number from 1 to 9,999.', 'now');
}

function newOrderId(): string {
  return `ORD-${uuidv7()}`;
}
