/** What WebGPU tells of an adapter; empty strings where a browser keeps it to itself. */
interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
}

export interface Adapter {
  readonly info?: AdapterInfo;
}

/** A WebGPU adapter in one line. */
export function describeAdapter(adapter: Adapter | undefined): string {
  const { vendor, architecture, description } = adapter?.info ?? {};
  const parts = [vendor, architecture, description].filter((part) => part !== undefined && part !== '');
  return parts.length > 0 ? parts.join(' ') : 'a GPU that does not give its name';
}
