import { parseArgs } from 'node:util';
import { unknownName } from '@segscape/core';
import { type PlaceName, places } from './places.js';

export interface Arguments {
  readonly backends: readonly PlaceName[];
  readonly json: boolean;
  /** Folder of the table. */
  readonly out: string | undefined;
  /** Text that the names of the cases contain. */
  readonly only: string | undefined;
}

export const usage = `usage: conformance [--backend NAME]… [--json] [--out DIR] [--only TEXT]
backends: ${Object.keys(places).join(', ')} (default: all)`;

/** Reads the command line; throws with a message for its user. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: args.filter((arg, i) => !(i === 0 && arg === '--')),
    options: {
      backend: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const known = Object.keys(places) as PlaceName[];
  const backends = values.backend?.flatMap((list) => list.split(',')) ?? known;
  for (const name of backends) {
    if (known.includes(name as PlaceName)) continue;
    const { advice } = unknownName(name, known);
    throw new Error(`there is no backend '${name}'; ${advice}`);
  }
  return {
    backends: [...new Set(backends as PlaceName[])],
    json: values.json,
    out: values.out,
    only: values.only,
  };
}
