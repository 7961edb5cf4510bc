/**
 * Holdfast's end at the till: the engine over the till's own database, which is synced to the disk.
 *
 *     node holdfast-till.ts FOLDER TOKEN
 */
import { openDrainableTill } from '../replay/drain-outbox.ts';
import { BENCH_TERMINAL } from './bench-terminal.ts';
import { serveEnd } from './end-process.ts';

const [folder = '', token = ''] = process.argv.slice(2);
const till = openDrainableTill(folder, BENCH_TERMINAL.terminalId, token);

serveEnd({ replicate: (port) => till.drain(`http://127.0.0.1:${port}`) });
