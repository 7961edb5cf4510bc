import { MAX_QUANTITY } from '#domain/catalogue/item.ts';
import { eraseLast, pressDigits } from '../../entry/digits.ts';
import { Button } from '../../parts/button.tsx';
import { NumberPad } from '../../parts/number-pad.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { useTyping } from '../../scanning/use-typing.ts';
import { useFacts, useTill, useView } from '../../till/till-context.tsx';
import { SidePane } from './side-pane.tsx';

/** More than a quantity has: a barcode that lands here is seen to be none, instead of ordering its first four digits. */
const MAX_DIGITS = 20;

function isQuantity(digits: string): boolean {
  return digits !== '' && Number(digits) <= MAX_QUANTITY;
}

/** Types a quantity for the selected line. */
export function QuantityPane() {
  const till = useTill();
  const digits = useView((view) => view.quantityDigits);
  const selected = useView((view) => view.selectedLineId);
  const line = useFacts((facts) => facts.sale?.lines.find(({ lineId }) => lineId === selected));

  const press = (pressed: string): void =>
    till.view.setState((view) => ({
      quantityDigits: pressDigits(view.quantityDigits, pressed, MAX_DIGITS),
    }));
  const erase = (): void =>
    till.view.setState((view) => ({ quantityDigits: eraseLast(view.quantityDigits) }));
  const set = (): void => {
    const typed = till.view.getState().quantityDigits;
    if (typed !== '' && !isQuantity(typed)) return;
    till.view.setState({ pane: 'keys', quantityDigits: '' });
    if (isQuantity(typed)) void till.sale.setQuantity(Number(typed));
  };

  useTyping((character) => {
    const before = till.view.getState().quantityDigits;
    press(character);
    return till.view.getState().quantityDigits !== before;
  });
  useKeys({ Enter: set, Backspace: erase });

  return (
    <SidePane title="How many?">
      <p className="line-clamp-2 text-muted">{line?.name}</p>
      <output
        data-testid="quantity-entry"
        className="flex h-16 items-center justify-end rounded-lg border-2 border-here bg-surface px-4 text-2xl font-bold"
      >
        {digits === '' ? <span className="font-medium text-muted">{line?.quantity}</span> : digits}
      </output>
      <NumberPad label="Quantity" corner="00" onPress={press} onErase={erase} />
      <Button
        look="act"
        keyName="Enter"
        disabled={!isQuantity(digits)}
        onPress={set}
        className="h-14 text-lg"
      >
        {digits === '' || isQuantity(digits)
          ? 'Set quantity'
          : `At most ${MAX_QUANTITY.toLocaleString('en-US')}`}
      </Button>
    </SidePane>
  );
}
