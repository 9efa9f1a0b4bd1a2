/** What a line has of an event: whatever JSON can hold. Rasters and tables of numbers lie in the folder that is written. */
function plain(_: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return undefined;
  // JSON has neither; their names stand, as in the run folder.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Writes events to standard output for other programs: one JSON object a line, each with its `type`. */
export const jsonEvent = <E extends { readonly type: string }>(event: E): void => {
  process.stdout.write(`${JSON.stringify(event, plain)}\n`);
};
