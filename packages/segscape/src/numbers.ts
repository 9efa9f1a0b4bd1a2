import { InvalidArgumentError } from 'commander';

// What options take: each refuses what it is not, in words.

export const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a positive number.');
  return value;
};
export const notNegative = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
};
export const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
};
/** A factor that no picture outgrows a machine by. */
export const factor = (text: string): number => {
  const value = positive(text);
  if (value > 16) throw new InvalidArgumentError('It must be at most 16.');
  return value;
};
/** Along each side of a grid; 0 draws none. */
export const points = (text: string): number => {
  const value = integer(text);
  if (value !== 0 && (value < 2 || value > 501))
    throw new InvalidArgumentError('It must be 0, or a whole number from 2 to 501.');
  return value;
};
/** Of this machine; 0 takes a free one. */
export const port = (text: string): number => {
  const value = integer(text);
  if (value < 0 || value > 65_535) throw new InvalidArgumentError('It must be a port, from 0 to 65535.');
  return value;
};
/** More threads than any machine has cores only cost memory. */
export const threads = (text: string): number => {
  const value = integer(text);
  if (value < 1 || value > 1024) throw new InvalidArgumentError('It must be a whole number from 1 to 1024.');
  return value;
};
