export declare function serveFolder(
  folders: Readonly<Record<string, string>>,
  headers?: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; close(): Promise<void> }>;
