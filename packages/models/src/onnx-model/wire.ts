import type { BinaryReader } from '@bufbuild/protobuf/wire';
import { damaged } from './faults.js';

type Fields = Readonly<Record<number, (reader: BinaryReader, wire: number) => void>>;

/** Reads the fields of a message that are of interest. */
export function fields(reader: BinaryReader, end: number, known: Fields): void {
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    const read = known[field];
    if (read) read(reader, wire);
    else reader.skip(wire, field);
  }
  if (reader.pos !== end) throw damaged('a message is longer than it says');
}

export function message(reader: BinaryReader, known: Fields): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw damaged('it ends in the middle of a message');
  fields(reader, end, known);
}

const lengthDelimited = 2;

/** A repeated number, packed into one field or not. */
export function repeated(reader: BinaryReader, wire: number, into: number[], one: () => number): void {
  if (wire !== lengthDelimited) {
    into.push(one());
    return;
  }
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw damaged('it ends in the middle of a list');
  while (reader.pos < end) into.push(one());
}

export const integer = (reader: BinaryReader) => () => Number(reader.int64());
