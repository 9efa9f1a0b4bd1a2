/** What is to be run, as whoever starts the suite put it: `{ backend, mended, wasmPath?, only? }`. */
const given = globalThis.tfjsSuiteOrder ?? JSON.parse(globalThis.process.env.TFJS_SUITE_ORDER);

export const order = { ...given, ...(given.only && { only: new RegExp(given.only) }) };
