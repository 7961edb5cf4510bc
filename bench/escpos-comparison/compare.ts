/**
 * `escpos` against `@point-of-sale/receipt-printer-encoder`, on the jobs of a till. The bytes of both go through
 * our own decoder, which shares no code with either: what it says is what a printer would put on paper.
 * Run: `node bench/escpos-comparison/compare.ts`. Its output stands in docs/decisions/0003-escpos-codec.md.
 */
import * as escpos from 'escpos';
import { decodeEscPos } from '#hardware/virtual/escpos-decoder.ts';
import type { Operation } from '#hardware/virtual/escpos-operation.ts';
import { CANDIDATES, type Candidate } from './candidates.ts';
import { loadingCost, packageFacts } from './package-facts.ts';

const PHRASE = 'Château à 9,50 €';
const NUMBER = 'STORE-001-T1-000042';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replaceAll(/../g, '$& ').trim();
}

function show(operations: readonly Operation[]): string {
  const parts = operations.flatMap((operation): string[] => {
    switch (operation.kind) {
      case 'text':
        return [JSON.stringify(operation.text)];
      case 'barcode':
        return [`${operation.symbology} ${JSON.stringify(operation.data)}`];
      case 'qr':
        return [`qr ${JSON.stringify(operation.data)}`];
      case 'raster':
        return [`raster ${operation.width}x${operation.height}`];
      case 'drawer_pulse':
        return [`pulse ${operation.onMilliseconds}/${operation.offMilliseconds} ms`];
      case 'unknown':
        return [`UNKNOWN ${hex(operation.bytes)}`];
      case 'initialize':
        return ['RESET'];
      default:
        return [];
    }
  });
  return parts.join(' · ') || 'nothing';
}

function attempt(job: () => Uint8Array): string {
  try {
    const bytes = job();
    const head = hex(bytes.subarray(0, 30)) + (bytes.length > 30 ? ' …' : '');
    return `${show(decodeEscPos(bytes))}\n      ${bytes.length} bytes: ${head}`;
  } catch (error) {
    return `throws ${String(error)}`;
  }
}

function construct(what: string, build: () => unknown): string {
  try {
    build();
    return `${what}: constructed`;
  } catch (error) {
    return `${what}: ${String(error)}`;
  }
}

const JOBS: readonly (readonly [what: string, job: (candidate: Candidate) => Uint8Array])[] = [
  [`text ${PHRASE}`, (candidate) => candidate.text(PHRASE)],
  ['text outside the code page: 獺祭', (candidate) => candidate.text('獺祭')],
  ['text with ESC @ inside', (candidate) => candidate.text('Wine\u{1b}@x')],
  ['text with ←@ inside', (candidate) => candidate.text('Wine←@x')],
  [`CODE128 ${NUMBER}`, (candidate) => candidate.barcode(NUMBER)],
  ['CODE128 T1-42', (candidate) => candidate.barcode('T1-42')],
  ['QR code', (candidate) => candidate.qr(NUMBER)],
  ['raster image 16 x 16', (candidate) => candidate.image()],
  ['drawer pulse, then "Thanks"', (candidate) => candidate.pulseThenText('Thanks')],
];

console.log('On paper');
for (const [what, job] of JOBS) {
  console.log(`  ${what}`);
  for (const candidate of CANDIDATES) console.log(`    ${candidate.name}: ${attempt(() => job(candidate))}`);
}

console.log('\nTransports of escpos with the packages of today');
console.log(`  ${construct('Serial', () => new escpos.Serial('/dev/null'))}`);
console.log(`  ${construct('USB', () => new escpos.USB())}`);

console.log('\nPackages');
for (const { packageName } of CANDIDATES) {
  const { version, types, unpinned, alongside } = packageFacts(packageName);
  const { milliseconds, megabytes } = loadingCost(packageName);
  console.log(
    `  ${packageName} ${version}: types ${types ? 'yes' : 'no'}, ${alongside} packages alongside, ` +
      `asked for as "*": ${unpinned.join(', ') || 'none'}; ` +
      `loads in ${milliseconds.toFixed(0)} ms and ${megabytes.toFixed(0)} MB`,
  );
}

console.log('\nSpeed: a receipt of 30 rows with a barcode, median of 7 interleaved rounds of 300');
const ROWS = Array.from({ length: 30 }, (_, at) => `Cabernet Sauvignon ${at}`.padEnd(43) + '39.98');
const times = new Map<Candidate, number[]>(CANDIDATES.map((candidate) => [candidate, []]));
for (let round = 0; round < 7; round += 1) {
  for (const [candidate, rounds] of times) {
    const start = performance.now();
    for (let count = 0; count < 300; count += 1) candidate.receipt(ROWS, NUMBER);
    rounds.push((performance.now() - start) / 300);
  }
}
for (const [candidate, rounds] of times) {
  const median = rounds.toSorted((a, b) => a - b)[3] ?? Number.NaN;
  const size = candidate.receipt(ROWS, NUMBER).length;
  console.log(`  ${candidate.name}: ${median.toFixed(3)} ms, ${size} bytes`);
}
