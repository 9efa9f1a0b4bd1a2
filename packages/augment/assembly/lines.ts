// The loops over lines that take the time, in AssemblyScript: the same sums in the same order as the plain TypeScript, two
// lanes of doubles at once. Addresses are bytes in the module's memory, which the host lays out; nothing is allocated here.

export { noise, scale } from './noise';
export { smooth } from './smooth';
export { solve } from './solve';
