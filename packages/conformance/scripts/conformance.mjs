// Compares every backend with double precision: node scripts/conformance.mjs [--backend B]… [--json] [--out DIR] [--only TEXT]
import { pathToFileURL } from 'node:url';
import { bundleEntry } from './bundle.mjs';

const { main } = await import(pathToFileURL(await bundleEntry('runner/main')).href);
process.exitCode = await main(process.argv.slice(2), bundleEntry);
