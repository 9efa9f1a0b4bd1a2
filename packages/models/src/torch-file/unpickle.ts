import { corrupt, unsupported } from './faults.js';

/** What a pickle may name beside plain values; everything else is refused, and nothing of it is ever run. */
export interface Vocabulary {
  /** A class or function by its full name. @throws where it is none of those that are known. */
  global(name: string): unknown;
  /** What a call gives. */
  call(callee: unknown, args: readonly unknown[]): unknown;
  /** An object that lies outside of the pickle. */
  persistent(id: unknown): unknown;
}

/** A value that a checkpoint holds beside its tensors: known by the name of its class, and never made. */
export class PassedOver {
  constructor(readonly name: string) {}
}

const mark = Symbol('mark');

/** The stack, the memo and the bytes that are left of one pickle. */
class Machine {
  readonly stack: unknown[] = [];
  readonly memo = new Map<number, unknown>();
  private readonly view: DataView;

  /** @param at where the pickle begins; where it has been read to, later. */
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next `length` bytes begin. */
  private skip(length: number): number {
    const from = this.at;
    if (length > this.bytes.length - from) throw corrupt(`its pickle ends within a value, at byte ${from}`);
    this.at += length;
    return from;
  }

  readonly u8 = () => this.view.getUint8(this.skip(1));
  readonly u16 = () => this.view.getUint16(this.skip(2), true);
  readonly i32 = () => this.view.getInt32(this.skip(4), true);
  readonly u32 = () => this.view.getUint32(this.skip(4), true);
  readonly u64 = () => Number(this.view.getBigUint64(this.skip(8), true));
  readonly f64 = () => this.view.getFloat64(this.skip(8));

  text(length: number): string {
    const from = this.skip(length);
    return new TextDecoder().decode(this.bytes.subarray(from, from + length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw corrupt('its pickle ends within a name');
    const text = this.text(end - this.at);
    this.skip(1);
    return text;
  }

  /** A whole number in two's complement. */
  long(length: number): number {
    let value = 0n;
    const from = this.skip(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.view.getUint8(from + i));
    return Number(BigInt.asIntN(8 * length, value));
  }

  pop(): unknown {
    if (this.stack.length === 0) throw corrupt('its pickle takes a value where none is');
    const value = this.stack.pop();
    if (value === mark) throw corrupt('its pickle takes a mark for a value');
    return value;
  }

  /** The value on top, which stays there. */
  top<T>(is: (value: unknown) => value is T, what: string): T {
    const value = this.stack.at(-1);
    if (!is(value)) throw corrupt(`its pickle has no ${what} where it fills one`);
    return value;
  }

  /** Everything above the last mark. */
  marked(): unknown[] {
    const from = this.stack.lastIndexOf(mark);
    if (from < 0) throw corrupt('its pickle has no mark where it needs one');
    const values = this.stack.splice(from);
    return values.slice(1);
  }

  several(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  recall(key: number): void {
    if (!this.memo.has(key)) throw corrupt(`its pickle recalls value ${key}, which it has not kept`);
    this.stack.push(this.memo.get(key));
  }

  keep(key: number): void {
    const value = this.pop();
    this.memo.set(key, value);
    this.stack.push(value);
  }
}

const isMap = (value: unknown): value is Map<unknown, unknown> => value instanceof Map;
const isList = (value: unknown): value is unknown[] => Array.isArray(value);

const isPassedOver = (value: unknown): value is PassedOver => value instanceof PassedOver;

function setItems(machine: Machine, items: readonly unknown[]): void {
  if (isPassedOver(machine.stack.at(-1))) return;
  if (items.length % 2 !== 0) throw corrupt('its pickle has a key without a value');
  const dict = machine.top(isMap, 'dict');
  for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
}

function addItems(machine: Machine, items: readonly unknown[]): void {
  if (isPassedOver(machine.stack.at(-1))) return;
  const list = machine.top(isList, 'list');
  for (const item of items) list.push(item);
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw corrupt('its pickle has a name that is no text');
  return value;
}

type Operation = (machine: Machine, vocabulary: Vocabulary) => void;
const pushing =
  (make: (machine: Machine) => unknown): Operation =>
  (machine) => {
    machine.stack.push(make(machine));
  };

/** A call, by `REDUCE` or of a class. */
const calling: Operation = (machine, { call }) => {
  const [callee, args] = machine.several(2);
  if (!isList(args)) throw corrupt('its pickle calls something with no list of arguments');
  machine.stack.push(call(callee, args));
};

/** The operations that state dicts and checkpoints are written with, by code. @see Python's pickletools, whose names these are. */
const operations: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, (m) => void m.u8()], // PROTO
  [0x95, (m) => void m.u64()], // FRAME
  [0x28, pushing(() => mark)], // MARK
  [0x30, (m) => void m.pop()], // POP, of what refers to itself
  [0x31, (m) => void m.marked()], // POP_MARK
  [0x4e, pushing(() => null)], // NONE
  [0x88, pushing(() => true)], // NEWTRUE
  [0x89, pushing(() => false)], // NEWFALSE
  [0x4b, pushing((m) => m.u8())], // BININT1
  [0x4d, pushing((m) => m.u16())], // BININT2
  [0x4a, pushing((m) => m.i32())], // BININT
  [0x8a, pushing((m) => m.long(m.u8()))], // LONG1
  [0x42, pushing((m) => m.text(m.u32()))], // BINBYTES
  [0x43, pushing((m) => m.text(m.u8()))], // SHORT_BINBYTES
  [0x55, pushing((m) => m.text(m.u8()))], // SHORT_BINSTRING, Python 2's
  [0x47, pushing((m) => m.f64())], // BINFLOAT
  [0x8c, pushing((m) => m.text(m.u8()))], // SHORT_BINUNICODE
  [0x58, pushing((m) => m.text(m.u32()))], // BINUNICODE
  [0x7d, pushing(() => new Map())], // EMPTY_DICT
  [0x5d, pushing(() => [])], // EMPTY_LIST
  [0x29, pushing(() => [])], // EMPTY_TUPLE
  [0x8f, pushing(() => new PassedOver('set'))], // EMPTY_SET
  [0x90, (m) => addItems(m, m.marked())], // ADDITEMS
  [0x91, (m) => void m.stack.push(new PassedOver(`set of ${m.marked().length}`))], // FROZENSET
  [0x85, pushing((m) => m.several(1))], // TUPLE1
  [0x86, pushing((m) => m.several(2))], // TUPLE2
  [0x87, pushing((m) => m.several(3))], // TUPLE3
  [0x74, pushing((m) => m.marked())], // TUPLE
  [0x61, (m) => addItems(m, m.several(1))], // APPEND
  [0x65, (m) => addItems(m, m.marked())], // APPENDS
  [0x73, (m) => setItems(m, m.several(2))], // SETITEM
  [0x75, (m) => setItems(m, m.marked())], // SETITEMS
  [0x71, (m) => m.keep(m.u8())], // BINPUT
  [0x72, (m) => m.keep(m.u32())], // LONG_BINPUT
  [0x94, (m) => m.keep(m.memo.size)], // MEMOIZE
  [0x68, (m) => m.recall(m.u8())], // BINGET
  [0x6a, (m) => m.recall(m.u32())], // LONG_BINGET
  [0x63, (m, { global }) => void m.stack.push(global(`${m.line()}.${m.line()}`))], // GLOBAL
  [
    0x93, // STACK_GLOBAL
    (m, { global }) => {
      const [module, name] = m.several(2).map(textOf);
      m.stack.push(global(`${module}.${name}`));
    },
  ],
  [0x51, (m, { persistent }) => void m.stack.push(persistent(m.pop()))], // BINPERSID
  [0x52, calling], // REDUCE
  [0x81, calling], // NEWOBJ
  [
    0x62, // BUILD: attributes of an ordered dict (`_metadata`), which say nothing of its tensors, or of what is passed over
    (m) => {
      m.pop();
      if (!isPassedOver(m.stack.at(-1))) m.top(isMap, 'dict');
    },
  ],
]);

const stop = 0x2e;

/**
 * The value of a pickle that is made of dicts, lists, numbers, texts and what a vocabulary names, and where it ends. Dicts come as
 * `Map`, tuples as arrays. It takes as many steps as the pickle has bytes, and never calls itself, whatever refers to whatever.
 *
 * @param at byte that it begins at. Default the first.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT`; `UNSUPPORTED_FORMAT` for operations that no state dict needs.
 */
export function unpickle(
  bytes: Uint8Array,
  vocabulary: Vocabulary,
  at = 0,
): { readonly value: unknown; readonly end: number } {
  const machine = new Machine(bytes, at);
  for (let code = machine.u8(); code !== stop; code = machine.u8()) {
    const operation = operations.get(code);
    if (operation === undefined)
      throw unsupported(`its pickle has the operation 0x${code.toString(16)}, which no state dict needs`, {
        code,
      });
    operation(machine, vocabulary);
  }
  return { value: machine.pop(), end: machine.at };
}
