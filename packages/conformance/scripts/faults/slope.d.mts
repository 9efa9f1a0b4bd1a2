export declare function slopeOf(values: readonly number[]): number;
