import { pressDate } from '../../entry/date-entry.ts';
import { eraseLast, isDigit } from '../../entry/digits.ts';
import { useKeys } from '../../scanning/use-keys.ts';
import { useTyping } from '../../scanning/use-typing.ts';
import { typeInto } from '../../scanning/type-into.ts';
import { payOrAnswer } from '../../till/pay-or-answer.ts';
import type { Till } from '../../till/till.ts';
import { useTill } from '../../till/till-context.tsx';
import { SEARCH_FIELD } from './search-ids.ts';

/** A quantity typed before the asterisk: `6*`. */
const TYPED_QUANTITY = /^\d{1,4}$/;

/** Everything the sell screen does by keyboard. State is read when the key comes, never when the screen was painted. */
export function useSellKeyboard(): void {
  const till = useTill();
  useTyping((character) => typed(till, character));
  useKeys({
    Enter: () => enter(till),
    Escape: () => escape(till),
    Backspace: () => backspace(till),
    Delete: () => (isSearching(till) ? false : void till.sale.remove()),
    ArrowUp: () => (isSearching(till) ? till.search.move(-1) : till.sale.move(-1)),
    ArrowDown: () => (isSearching(till) ? till.search.move(1) : till.sale.move(1)),
    F2: () => toggleBirthDate(till),
  });
}

function isSearching(till: Till): boolean {
  return till.view.getState().searchText !== '';
}

function typed(till: Till, character: string): boolean {
  const { searchText, birthDateOpen } = till.view.getState();
  if (character === '*' && TYPED_QUANTITY.test(searchText)) {
    till.search.clear();
    void till.sale.setQuantity(Number(searchText));
    return true;
  }
  if (searchText === '') {
    if (birthDateOpen && (isDigit(character) || character === '/')) {
      till.view.setState((view) => ({ birthDateDigits: pressDate(view.birthDateDigits, character) }));
      return true;
    }
    if (actOnLine(till, character)) return true;
    // A search does not begin with a blank.
    if (character === ' ') return true;
  }
  typeIntoSearch(till, character);
  return true;
}

function actOnLine(till: Till, character: string): boolean {
  if (!till.sale.selectedLine()) return false;
  switch (character) {
    case '+':
    case '=': // the same key without Shift
      void till.sale.step(1);
      return true;
    case '-':
      void till.sale.step(-1);
      return true;
    case '*':
      till.view.setState({ pane: 'quantity', quantityDigits: '' });
      return true;
    default:
      return false;
  }
}

/** At the caret when the field has the focus, else behind what is there. */
function typeIntoSearch(till: Till, character: string): void {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement && field.id === SEARCH_FIELD) typeInto(field, character);
  else void till.search.type(till.view.getState().searchText + character);
}

function enter(till: Till): boolean {
  const { pane, searchText } = till.view.getState();
  if (searchText !== '') {
    void till.search.choose();
    return true;
  }
  if (pane === 'quantity') return false;
  void payOrAnswer(till);
  return true;
}

/** Takes back one thing: the search, then what stands in for the quick keys, then the open question, then the sentence. */
function escape(till: Till): void {
  const { searchText, pane, birthDateOpen } = till.view.getState();
  if (searchText !== '') till.search.clear();
  else if (pane !== 'keys') till.view.setState({ pane: 'keys', quantityDigits: '' });
  else if (birthDateOpen) till.view.setState({ birthDateOpen: false });
  else till.facts.setState({ refusal: null });
}

function backspace(till: Till): boolean {
  const { searchText, birthDateOpen, pane } = till.view.getState();
  if (document.activeElement instanceof HTMLInputElement && searchText !== '') return false;
  if (pane === 'quantity') return false;
  if (searchText !== '') void till.search.type(searchText.slice(0, -1));
  else if (birthDateOpen) {
    till.view.setState((view) => ({ birthDateDigits: eraseLast(view.birthDateDigits) }));
  }
  return true;
}

function toggleBirthDate(till: Till): void {
  const outcome = till.facts.getState().sale?.age.outcome;
  if (outcome !== 'needed' && outcome !== 'refused') return;
  till.view.setState((view) => ({ birthDateOpen: !view.birthDateOpen, birthDateDigits: '' }));
}
