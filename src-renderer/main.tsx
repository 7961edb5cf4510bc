import './connection/no-eval.ts';
import { chooseTransport } from './connection/choose-transport.ts';
import { openScreens } from './open-screens.tsx';

openScreens(chooseTransport());
