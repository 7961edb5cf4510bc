import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import type { TillTransport } from './connection/till-transport.ts';
import { keepFocusOnPress } from './scanning/keep-focus.ts';
import { Keyboard } from './scanning/keyboard.ts';
import { PageSpeaker } from './sound/sounds.ts';
import { TillProvider } from './till/till-context.tsx';
import { createTill } from './till/till.ts';
import './styles.css';
import { applyTheme, savedTheme } from './view/theme.ts';

/** Puts the screens on the page, on whatever transport reaches a terminal. */
export function openScreens(transport: TillTransport): void {
  const root = document.querySelector('#root');
  if (!root) throw new Error('The page has no element to put the screens into.');
  applyTheme(savedTheme());
  const till = createTill(transport, new PageSpeaker());
  const keyboard = new Keyboard((code) => till.scanned(code));
  keyboard.listen(window);
  keepFocusOnPress(window);
  till.start();
  createRoot(root).render(
    <StrictMode>
      <TillProvider till={till} keyboard={keyboard}>
        <App />
      </TillProvider>
    </StrictMode>,
  );
}
