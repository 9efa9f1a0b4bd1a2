export function buildPageWorkers(folder: string): Promise<void>;
