import { describe, expect, it } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { signedInTill } from '../testing/fake-till.ts';

const COLA = '036000291520';
const CHIPS = '036000291544';
const WINE = '036000291452';

describe('selling', () => {
  it('takes scans that arrive at once, in order, and drops none', async () => {
    const { till, terminal, settled } = await signedInTill();
    for (const code of [COLA, CHIPS, COLA, WINE]) till.scanned(code);
    await settled();
    expect(terminal.calls.filter(({ name }) => name === 'sale.scan').map(({ request }) => request)).toEqual(
      [COLA, CHIPS, COLA, WINE].map((code) => ({ code })),
    );
    expect(till.facts.getState().sale?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['SODA-COLA-001', 2],
      ['SNACK-CHIP-001', 1],
      ['WINE-CAB-001', 1],
    ]);
  });

  it('adds up quick presses of "one more" instead of sending the same number twice', async () => {
    const { till, settled } = await signedInTill();
    till.scanned(COLA);
    for (let press = 0; press < 5; press += 1) void till.sale.step(1);
    await settled();
    expect(till.facts.getState().sale?.lines[0]?.quantity).toBe(6);
  });

  it('says what to do instead of taking the last one away', async () => {
    const { till, settled } = await signedInTill();
    till.scanned(COLA);
    void till.sale.step(-1);
    await settled();
    expect(till.facts.getState().refusal?.message).toContain('Delete');
    expect(till.facts.getState().sale?.lines[0]?.quantity).toBe(1);
  });

  it('shows and sounds an unknown barcode, and forgets it with the next success', async () => {
    const { till, sounds, settled } = await signedInTill();
    till.scanned('036000299999');
    await settled();
    expect(till.facts.getState().refusal).toMatchObject({ place: 'sale', sound: 'unknown' });
    till.scanned(COLA);
    await settled();
    expect(till.facts.getState().refusal).toBeNull();
    expect(sounds).toEqual(['unknown', 'scanned']);
  });

  it('opens the age question by itself and closes it with the answer', async () => {
    const { till, settled } = await signedInTill();
    till.scanned(WINE);
    await settled();
    expect(till.view.getState().birthDateOpen).toBe(true);
    await till.sale.confirmAge('1990-07-04');
    expect(till.view.getState().birthDateOpen).toBe(false);
    expect(till.facts.getState().sale?.age.outcome).toBe('confirmed');
  });

  it('leads back to an age question that was put aside when somebody wants to pay', async () => {
    const { till, settled } = await signedInTill();
    till.scanned(WINE);
    await settled();
    till.view.setState({ birthDateOpen: false });
    await till.payment.begin();
    expect(till.view.getState().birthDateOpen).toBe(true);
    expect(till.facts.getState().refusal?.place).toBe('age');
    expect(till.screen()).toBe('sell');
  });

  it('takes out what the customer is too young for and goes on with the rest', async () => {
    const { till, settled } = await signedInTill();
    for (const code of [COLA, WINE]) till.scanned(code);
    await settled();
    await till.sale.confirmAge('2010-01-01');
    expect(till.facts.getState().sale?.age.outcome).toBe('refused');
    await till.sale.removeRestricted();
    expect(till.facts.getState().sale?.lines.map(({ sku }) => sku)).toEqual(['SODA-COLA-001']);
    expect(till.facts.getState().sale?.age.outcome).toBe('not_needed');
  });
});

describe('searching', () => {
  it('adds what answers the whole text, even when Enter comes before the answer', async () => {
    const { till, settled } = await signedInTill();
    void till.search.type('c');
    void till.search.type('chardonnay');
    await till.search.choose();
    await settled();
    expect(till.facts.getState().sale?.lines.map(({ sku }) => sku)).toEqual(['WINE-CHARD-002']);
    expect(till.view.getState().searchText).toBe('');
  });

  it('looks a barcode up that was typed by hand', async () => {
    const { till, settled } = await signedInTill();
    void till.search.type(COLA);
    await till.search.choose();
    await settled();
    expect(till.facts.getState().sale?.lines.map(({ sku }) => sku)).toEqual(['SODA-COLA-001']);
  });
});

describe('paying', () => {
  async function paying() {
    const all = await signedInTill();
    all.till.scanned(COLA);
    await all.till.payment.begin();
    return all;
  }

  it('shows the change of a committed sale, and the next scan begins the next sale without being lost', async () => {
    const { till, settled } = await paying();
    expect(till.screen()).toBe('pay');
    await till.payment.tenderCash(cents(2_000));
    expect(till.screen()).toBe('done');
    expect(till.facts.getState().completed?.change).toBe(1_729);
    till.scanned(CHIPS);
    await settled();
    expect(till.screen()).toBe('sell');
    expect(till.facts.getState().sale?.lines.map(({ sku }) => sku)).toEqual(['SNACK-CHIP-001']);
  });

  it('never shows the empty next sale before the change', async () => {
    const { till } = await paying();
    const screens: string[] = [];
    till.facts.subscribe(() => screens.push(till.screen()));
    await till.payment.tenderCash(cents(271));
    expect(screens).not.toContain('sell');
  });

  it('sends one tender however often the key is pressed', async () => {
    const { till, terminal, settled } = await paying();
    for (let press = 0; press < 3; press += 1) void till.payment.tenderCash(cents(271));
    await settled();
    expect(terminal.calls.filter(({ name }) => name === 'sale.tenderCash')).toHaveLength(1);
  });

  it('finds a committed sale again after its answer was lost, with the same order and total', async () => {
    const { till, terminal, settled } = await paying();
    terminal.loseNextAnswer = true;
    await till.payment.tenderCash(cents(500));
    expect(till.screen()).not.toBe('done');
    expect(till.facts.getState().refusal?.message).toContain('did not answer');
    terminal.connect('connected');
    await settled();
    expect(till.screen()).toBe('done');
    expect(till.facts.getState().completed).toMatchObject({ orderId: 'T1-1', change: 229 });
    const [first, second] = terminal.calls.filter(({ name }) => name === 'sale.tenderCash');
    expect(second).toEqual(first);
  });

  it('does not tender again by itself when the lost call had not reached the terminal', async () => {
    const { till, terminal, settled } = await paying();
    terminal.connect('lost');
    await till.payment.tenderCash(cents(500));
    terminal.connect('connected');
    await settled();
    expect(till.screen()).toBe('pay');
    expect(terminal.calls.some(({ name }) => name === 'sale.tenderCash')).toBe(false);
  });

  it('fills the approval code from a scan on the card tab, and only there', async () => {
    const { till, terminal, settled } = await paying();
    till.view.setState({ tenderTab: 'card' });
    till.scanned('A1B2C3');
    await settled();
    expect(till.view.getState().approvalCode).toBe('A1B2C3');
    expect(terminal.calls.filter(({ name }) => name === 'sale.scan')).toHaveLength(1);
    till.view.setState({ tenderTab: 'cash' });
    till.scanned(COLA);
    await settled();
    expect(till.facts.getState().refusal?.place).toBe('payment');
  });
});

describe('a held receipt', () => {
  it.each(['retry', 'dismiss'] as const)('leaves the queue by %s', async (way) => {
    const { till, terminal, settled } = await signedInTill();
    const createdAt = '2026-11-23T12:00:00.000Z';
    const held = { jobId: 7, orderId: 'T1-1', receiptNumber: 'STORE-001-T1-000001', createdAt };
    terminal.jobs = [{ ...held, state: 'held', copy: false, attempts: 1, problem: 'Look at it.' }];
    const left = await till.receipts[way](held.jobId);
    await settled();
    expect(left).toMatchObject(
      way === 'retry' ? { state: 'printed', copy: true } : { state: 'dismissed', copy: false },
    );
    expect(await till.receipts.printJobs()).toEqual([]);
    expect(till.facts.getState().status?.printer.waiting).toBe(0);
  });
});

describe('signing in and out', () => {
  it('clears the digits of a wrong PIN and says so', async () => {
    const { till } = await signedInTill();
    await till.session.signOut();
    expect(till.screen()).toBe('sign_in');
    till.session.pressPin('9999');
    await till.session.signIn();
    expect(till.view.getState().pinDigits).toBe('');
    expect(till.facts.getState().refusal?.place).toBe('sign_in');
  });

  it('takes no scan before somebody has signed in', async () => {
    const { till, terminal } = await signedInTill();
    await till.session.signOut();
    till.scanned(COLA);
    expect(till.facts.getState().refusal?.message).toContain('Sign in first');
    expect(terminal.calls.some(({ name }) => name === 'sale.scan')).toBe(false);
  });

  it('keeps a cashier out of the manager screen', async () => {
    const cashier = await signedInTill('1111');
    cashier.till.view.setState({ place: 'manager' });
    expect(cashier.till.screen()).toBe('sell');
    const manager = await signedInTill('2222');
    manager.till.view.setState({ place: 'manager' });
    expect(manager.till.screen()).toBe('manager');
  });

  it('shows the page about the link when the terminal does not know this browser', async () => {
    const { till, terminal } = await signedInTill();
    terminal.connect('unauthorized');
    expect(till.screen()).toBe('link_expired');
  });
});
