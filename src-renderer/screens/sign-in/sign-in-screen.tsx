import { Button } from '../../parts/button.tsx';
import { NumberPad } from '../../parts/number-pad.tsx';
import { RefusalNotice } from '../../parts/refusal-notice.tsx';
import { useKeys } from '../../scanning/use-keys.ts';
import { useTyping } from '../../scanning/use-typing.ts';
import { eraseLast } from '../../entry/digits.ts';
import { useFacts, useTill, useView } from '../../till/till-context.tsx';
import { FirstLoad } from './first-load.tsx';
import { PinDots } from './pin-dots.tsx';

export function SignInScreen() {
  const till = useTill();
  const storeName = useFacts((facts) => facts.status?.storeName ?? '');
  const terminalId = useFacts((facts) => facts.status?.terminalId ?? '');
  const waiting = useFacts((facts) => facts.underWay === 'sign_in');
  const empty = useView((view) => view.pinDigits === '');

  const signIn = (): void => void till.session.signIn();
  const erase = (): void => till.view.setState(({ pinDigits }) => ({ pinDigits: eraseLast(pinDigits) }));
  const clear = (): void => till.view.setState({ pinDigits: '' });

  useTyping((character) => {
    till.session.pressPin(character);
    return true;
  });
  useKeys({ Enter: signIn, Backspace: erase, Escape: clear });

  return (
    <section className="m-auto flex w-80 flex-col gap-4" aria-label="Sign in">
      <div className="text-center">
        <h1 className="text-xl font-bold">{storeName}</h1>
        <p className="text-muted">Till {terminalId} · type your PIN</p>
      </div>
      <PinDots />
      <div className="flex min-h-14 flex-col justify-center">
        <RefusalNotice />
        <FirstLoad />
      </div>
      <NumberPad
        label="PIN"
        testId="pin-pad"
        size="large"
        corner="clear"
        onPress={(digits) => till.session.pressPin(digits)}
        onErase={erase}
        onClear={clear}
      />
      <Button
        look="act"
        keyName="Enter"
        disabled={empty || waiting}
        onPress={signIn}
        className="h-16 text-lg"
        testId="sign-in"
      >
        {waiting ? 'Looking…' : 'Sign in'}
      </Button>
    </section>
  );
}
