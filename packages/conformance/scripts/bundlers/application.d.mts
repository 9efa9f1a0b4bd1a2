export declare function makeApplication(root: string, installed: readonly string[]): Promise<void>;
