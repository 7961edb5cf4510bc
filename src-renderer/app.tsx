import { StateLine } from './parts/state-line.tsx';
import { CounterScreen } from './screens/counter-screen.tsx';
import { DoneScreen } from './screens/done/done-screen.tsx';
import { LinkExpiredScreen } from './screens/link/link-expired-screen.tsx';
import { StartingScreen } from './screens/link/starting-screen.tsx';
import { ManagerScreen } from './screens/manager/manager-screen.tsx';
import { SystemScreen } from './screens/system/system-screen.tsx';
import { SignInScreen } from './screens/sign-in/sign-in-screen.tsx';
import { type Screen, screenOf } from './till/screen.ts';
import { useFacts, useView } from './till/till-context.tsx';
import { assertNever } from '#domain/assert-never.ts';

export function App() {
  const place = useView((view) => view.place);
  const screen = useFacts((facts) => screenOf(facts, { place }));
  return (
    <div className="flex h-dvh flex-col" data-testid="screen" data-screen={screen}>
      <StateLine />
      <main className="flex min-h-0 flex-1 flex-col">{screenElement(screen)}</main>
    </div>
  );
}

function screenElement(screen: Screen) {
  switch (screen) {
    case 'link_expired':
      return <LinkExpiredScreen />;
    case 'starting':
      return <StartingScreen />;
    case 'sign_in':
      return <SignInScreen />;
    case 'sell':
    case 'pay':
      return <CounterScreen paying={screen === 'pay'} />;
    case 'done':
      return <DoneScreen />;
    case 'manager':
      return <ManagerScreen />;
    case 'system':
      return <SystemScreen />;
    default:
      return assertNever(screen);
  }
}
