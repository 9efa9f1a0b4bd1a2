// Runs oracle files: node scripts/oracles.mjs FILE.json… [--executor cpu|jit|webgl]
import { pathToFileURL } from 'node:url';
import { bundleEntry } from './bundle.mjs';

const { main } = await import(pathToFileURL(await bundleEntry('oracles/main')).href);
process.exitCode = await main(process.argv.slice(2), () => bundleEntry('oracles/browser-entry', 'browser'));
