import { describe, expect, it } from 'vitest';
import { signedInTill } from '../testing/fake-till.ts';
import { payOrAnswer } from './pay-or-answer.ts';

const COLA = '036000291520';
const WINE = '036000291452';
/** Sold from 18 on in the fake catalogue. */
const LIGHTER = '036000291599';

async function asking(...codes: readonly string[]) {
  const all = await signedInTill();
  for (const code of codes) all.till.scanned(code);
  await all.settled();
  expect(all.till.view.getState().birthDateOpen).toBe(true);
  return all;
}

describe('Enter in the open age question', () => {
  it('keeps a date that is not complete and says so, without asking the terminal', async () => {
    const { till, terminal } = await asking(WINE);
    till.view.setState({ birthDateDigits: '070419' });
    const before = terminal.calls.length;
    await payOrAnswer(till);
    expect(till.view.getState()).toMatchObject({ birthDateOpen: true, birthDateDigits: '070419' });
    expect(till.facts.getState().refusal).toMatchObject({
      message: 'The date is not complete.',
      place: 'age',
    });
    expect(terminal.calls).toHaveLength(before);
  });

  it('keeps a day that the calendar does not have, to be mended', async () => {
    const { till } = await asking(WINE);
    till.view.setState({ birthDateDigits: '02311990' });
    await payOrAnswer(till);
    expect(till.view.getState().birthDateDigits).toBe('02311990');
    expect(till.facts.getState().refusal?.message).toContain('no such day');
  });

  it('empties the boxes when nobody can be born on that day', async () => {
    const { till } = await asking(WINE);
    till.view.setState({ birthDateDigits: '07042099' });
    await payOrAnswer(till);
    expect(till.view.getState()).toMatchObject({ birthDateOpen: true, birthDateDigits: '' });
    expect(till.facts.getState().refusal?.place).toBe('age');
  });

  it('answers with the date when it is complete, and pays with the next press', async () => {
    const { till } = await asking(WINE);
    till.view.setState({ birthDateDigits: '07041990' });
    await payOrAnswer(till);
    expect(till.facts.getState().sale?.age.outcome).toBe('confirmed');
    expect(till.screen()).toBe('sell');
    await payOrAnswer(till);
    expect(till.screen()).toBe('pay');
  });

  it('tells who wants to pay with nothing typed to ask first, and leaves the question open', async () => {
    const { till } = await asking(WINE);
    await payOrAnswer(till);
    expect(till.view.getState().birthDateOpen).toBe(true);
    expect(till.facts.getState().refusal?.place).toBe('age');
  });
});

describe('a customer of 19 years', () => {
  it('loses what is sold from 21 on, and keeps what is sold from 18 on', async () => {
    const { till, settled } = await asking(COLA, LIGHTER, WINE);
    await till.sale.confirmAge('2007-06-01');
    await settled();
    const marked = till.facts.getState().sale?.lines.filter((line) => line.barred);
    expect(marked?.map(({ sku }) => sku)).toEqual(['WINE-CAB-001']);
    await till.sale.removeRestricted();
    expect(till.facts.getState().sale?.lines.map(({ sku }) => sku)).toEqual(['SODA-COLA-001', 'LIGHTER-001']);
    expect(till.facts.getState().sale?.age.outcome).toBe('confirmed');
  });
});
