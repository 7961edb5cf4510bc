/** Writes demo-catalogue.csv anew: `node box/demo/generate-demo-catalogue.ts`. Its output is committed; a test compares. */
import { writeFileSync } from 'node:fs';
import { demoCatalogueCsv } from './demo-catalogue.ts';

writeFileSync(new URL('demo-catalogue.csv', import.meta.url), demoCatalogueCsv());
