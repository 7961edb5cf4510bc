/** The screens on a terminal that lives in the page: `vite --config src-renderer/vite.config.ts`, then /testing/fake.html. */
import '../connection/no-eval.ts';
import { openScreens } from '../open-screens.tsx';
import { FakeTerminal } from './fake-terminal.ts';

declare global {
  interface Window {
    fakeTerminal?: FakeTerminal;
  }
}

const terminal = new FakeTerminal();
window.fakeTerminal = terminal;
openScreens(terminal);
