// A worker's whole script, as a page's bundler would make it.
import { serveThread } from '@segscape/landscape/threads';
import registry from './registry.mjs';

await serveThread({ mine: registry.net });
