import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSegscapeError, type Params } from '@segscape/core';
import { fromTorch, toTorch, unet } from '@segscape/models';
import * as torchFile from '@segscape/models/torch-file';
import { readTorch } from '@segscape/models/torch-file';
import { expectTensors, randomRuns } from '@segscape/testing';
import { dispose } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import told from '../fixtures/torch-file.json' with { type: 'json' };

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
const whole = fixture('torch-file.pt');

type Told = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
>;

function expectTensorsOf(params: Params, expected: Told): void {
  expect(Object.keys(params)).toEqual(Object.keys(expected));
  for (const [name, { shape, values }] of Object.entries(expected)) {
    expect(params[name]!.shape, name).toEqual(shape);
    expect([...params[name]!.dataSync()], name).toEqual(values.map(Math.fround));
  }
  dispose(params);
}

describe('state dicts that PyTorch saved', () => {
  test('every type, view and parameter has the values that PyTorch tells', async () => {
    const count = Object.keys(told).length;
    expectTensorsOf(await expectTensors(count, () => readTorch(whole)), told);
    const params = readTorch(whole);
    const types = ['half', 'double', 'short', 'byte', 'bool', '1.num_batches_tracked'];
    expect(types.map((name) => params[name]!.dtype)).toEqual([
      'float32',
      'float32',
      'int32',
      'int32',
      'bool',
      'int32',
    ]);
    dispose(params);
  });

  test('also those within larger bytes, and those in a part of a checkpoint', () => {
    const larger = new Uint8Array(whole.length + 11);
    larger.set(whole, 3);
    expectTensorsOf(readTorch(larger.subarray(3, 3 + whole.length)), told);
    const checkpoint = fixture('torch-file-checkpoint.pt');
    expectTensorsOf(readTorch(checkpoint, { part: 'state_dict' }), { a: { shape: [2], values: [1, 2] } });
    expect(() => readTorch(checkpoint)).toThrow(
      "it holds no tensors by name; of its parts, 'state_dict' do: give one",
    );
    expect(() => readTorch(checkpoint, { part: 'epoch' })).toThrow(
      "its part 'epoch' holds no tensors by name",
    );
  });

  test('the format before 1.6, also within larger bytes', () => {
    const legacy = fixture('torch-file-legacy.pt');
    const larger = new Uint8Array(legacy.length + 5);
    larger.set(legacy, 1);
    expectTensorsOf(readTorch(legacy), told);
    expectTensorsOf(readTorch(larger.subarray(1, 1 + legacy.length)), told);
    for (let length = 0; length < legacy.length; length += 13)
      expect(codeOf(legacy.subarray(0, length)), `${length} bytes`).toBe('CORRUPT_CHECKPOINT');
  });

  test('what trainers keep beside the weights is passed over', () => {
    const training = fixture('torch-file-training.pt');
    expectTensorsOf(readTorch(training, { part: 'network_weights' }), { a: { shape: [2], values: [1, 2] } });
    expect(() => readTorch(training)).toThrow("of its parts, 'network_weights' do: give one as part");
  });

  const python = process.env.PYTHON ?? '/usr/bin/python3';
  const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0;
  test('the old format as any protocol of pickles writes its number', () => {
    const legacy = fixture('torch-file-legacy.pt');
    const third = Uint8Array.from(legacy);
    third[1] = 3;
    expectTensorsOf(readTorch(third), told);
    const framed = Uint8Array.of(0x80, 4, 0x95, 13, 0, 0, 0, 0, 0, 0, 0, ...legacy.subarray(2));
    expectTensorsOf(readTorch(framed), told);
  });

  test('a dict within a dict, by the names of both, which the error tells', () => {
    const entry = (name: string, value: string) =>
      `}X${String.fromCharCode(name.length)}\0\0\0${name}${value}s`;
    const nested = saved(`\x80\x02${entry('ema', entry('model', dict(rebuilt([2], [1])).slice(2, -1)))}.`);
    expectTensorsOf(readTorch(nested, { part: 'ema.model' }), { t0: { shape: [2], values: [1, 2] } });
    expect(() => readTorch(nested)).toThrow("of its parts, 'ema.model' do: give one as part");
    expect(() => readTorch(nested, { part: 'ema' })).toThrow("its part 'ema' holds no tensors by name");
  });

  test('a file that PyTorch writes now', ({ skip }) => {
    skip(!hasTorch, `${python} has no torch; apt-get install python3-torch, or let PYTHON name another`);
    const folder = mkdtempSync(join(tmpdir(), 'segscape-torch-'));
    try {
      const file = join(folder, 'weights.pth');
      const script = fileURLToPath(new URL('../fixtures/torch-file.py', import.meta.url));
      const expected = JSON.parse(execFileSync(python, [script, file], { encoding: 'utf8' })) as Told;
      expectTensorsOf(readTorch(new Uint8Array(readFileSync(file))), expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Latin text as bytes, so that pickles can be written as text. */
const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const u16 = (value: number) => String.fromCharCode(value & 255, value >> 8);
const u32 = (value: number) => u16(value & 0xffff) + u16(value >>> 16);

/** An archive of stored files, or of what says that it is compressed. */
function archive(files: Readonly<Record<string, string>>, method = 0): Uint8Array {
  let body = '';
  let directory = '';
  for (const [name, data] of Object.entries(files)) {
    const facts = `${u16(0)}${u16(method)}${u32(0)}${u32(0)}${u32(data.length)}${u32(data.length)}${u16(name.length)}${u16(0)}`;
    directory += `PK\x01\x02${u16(20)}${u16(20)}${facts}${u16(0)}${u16(0)}${u16(0)}${u32(0)}${u32(body.length)}${name}`;
    body += `PK\x03\x04${u16(20)}${facts}${name}${data}`;
  }
  const count = Object.keys(files).length;
  return latin(
    `${body}${directory}PK\x05\x06${u32(0)}${u16(count)}${u16(count)}${u32(directory.length)}${u32(body.length)}${u16(0)}`,
  );
}

const text = (value: string) => `X${u32(value.length)}${value}`;
const integer = (value: number) =>
  value < 2 ** 31
    ? `J${u32(value)}`
    : `\x8a\x07${u32(value)}${u16((value / 2 ** 32) & 0xffff)}${String.fromCharCode(Math.floor(value / 2 ** 48))}`;
const storage = (key: string, values: number) =>
  `(${text('storage')}ctorch\nFloatStorage\n${text(key)}${text('cpu')}${integer(values)}tQ`;
const tuple = (values: readonly number[]) => `(${values.map(integer).join('')}t`;
const rebuilt = (shape: readonly number[], strides: readonly number[], values = 2, offset = 0) =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${storage('0', values)}${integer(offset)}${tuple(shape)}${tuple(strides)}\x89ccollections\nOrderedDict\n)RtR`;
const dict = (...tensors: string[]) => `\x80\x02}(${tensors.map((one, i) => text(`t${i}`) + one).join('')}u.`;
const saved = (pickle: string) => archive({ 'a/data.pkl': pickle, 'a/data/0': '\0\0\x80?\0\0\0@' });

/** How every file of the format before 1.6 begins. */
const oldStart = '\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.';

const codeOf = (bytes: Uint8Array) => {
  try {
    dispose(readTorch(bytes));
    return 'read';
  } catch (error) {
    if (isSegscapeError(error)) return error.code;
    throw error;
  }
};

describe('what is no state dict', () => {
  test('the archives that are made here are read', () => {
    expectTensorsOf(readTorch(saved(dict(rebuilt([2], [1]), rebuilt([2, 2], [0, 1])))), {
      t0: { shape: [2], values: [1, 2] },
      t1: { shape: [2, 2], values: [1, 2, 1, 2] },
    });
  });

  test('tensors of the first PyTorch, and parameters with what was set on them, are read', () => {
    const first = `ctorch._utils\n_rebuild_tensor\n(${storage('0', 2)}${integer(0)}${tuple([2])}${tuple([1])}tR`;
    const state = `}${text('decays')}\x88s`;
    const parameter = `ctorch._utils\n_rebuild_parameter_with_state\n(${first}\x89ccollections\nOrderedDict\n)R${state}tR`;
    expectTensorsOf(readTorch(saved(dict(first, parameter))), {
      t0: { shape: [2], values: [1, 2] },
      t1: { shape: [2], values: [1, 2] },
    });
  });

  test.each([
    ['milestones', 'ccollections\nCounter\n(}K\x02K\x01stR'],
    [
      'a schedule that holds its own function',
      `c__builtin__\ngetattr\n(ctorch.optim.lr_scheduler\nOneCycleLR\n${text('_annealing_cos')}tR`,
    ],
    ['an optimiser', `ctorch.optim.adamw\nAdamW\n)\x81}${text('state')}}sb`],
    ['a set of protocol 4', '(K\x01K\x02\x91'],
    ['a range', 'cbuiltins\nrange\n(K\0K\x02tR'],
    ['what refers to itself, as a pickle takes it back', 'K\x01K\x020'],
    ['and all above a mark', 'K\x01(K\x02K\x031'],
  ])('%s beside tensors is passed over', (_, value) => {
    expectTensorsOf(readTorch(saved(dict(rebuilt([2], [1]), value))), { t0: { shape: [2], values: [1, 2] } });
  });

  test.each([
    ['protocol 2', '\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.', 'posix.system'],
    ['protocol 4', '\x80\x04\x95\0\0\0\0\0\0\0\0\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.', 'os.system'],
    ['eval among tensors', dict(rebuilt([2], [1]), 'cbuiltins\neval\nX\x01\0\0\x001\x85R'), 'builtins.eval'],
    ['a whole model', '\x80\x02cmodels.unet\nUNet\n)\x81.', 'models.unet.UNet'],
    ['a name that objects have', '\x80\x02c__proto__\nconstructor\n)R.', '__proto__.constructor'],
    [
      'another storage',
      dict(rebuilt([2], [1]).replace('FloatStorage', 'QInt8Storage')),
      'torch.QInt8Storage',
    ],
  ])('%s is refused by its name', (_, pickle, name) => {
    expect(() => readTorch(saved(pickle))).toThrow(
      `readTorch: its pickle asks for ${name}, which no state dict needs; nothing of it was run. Save the state dict alone`,
    );
    expect(codeOf(saved(pickle))).toBe('UNSUPPORTED_FORMAT');
  });

  test.each([
    ['more values than its storage has', dict(rebuilt([3], [1]))],
    ['an offset beyond it', dict(rebuilt([1], [1], 2, 2))],
    ['a storage longer than its file', dict(rebuilt([2], [1], 3))],
    ['one value expanded to all memory', dict(rebuilt([2 ** 50], [0]))],
    ['to more than numbers have', dict(rebuilt(Array(60).fill(2 ** 50), Array(60).fill(0)))],
    ['more axes than PyTorch has', dict(rebuilt(Array(65).fill(1), Array(65).fill(0)))],
    ['a thousand times the same', dict(...Array(1000).fill(rebuilt([2, 1000], [1, 0])))],
    ['strides fewer than axes', dict(rebuilt([1, 1], [1]))],
    ['a size below 0', dict(rebuilt([2], [1]).replace(tuple([2]), '(J\xff\xff\xff\xfft'))],
    ['a text longer than the file', '\x80\x02X\xff\xff\xff\xffabc.'],
    ['no mark', '\x80\x02}u.'],
    ['an empty stack', '\x80\x02R.'],
    ['a value that was not kept', '\x80\x02h\x07.'],
    ['a key without a value', '\x80\x02}(X\x01\0\0\0au.'],
    ['no end', '\x80\x02}'],
    ['nothing', ''],
  ])('%s is damage', (_, pickle) => {
    expect(codeOf(saved(pickle))).toBe('CORRUPT_CHECKPOINT');
  });

  test.each([
    ['a dict in itself', saved('\x80\x02}q\0X\x01\0\0\0ah\0s.')],
    ['a list in itself, in a dict', saved('\x80\x02}X\x01\0\0\0a]q\0h\0as.')],
    ['no dict', saved('\x80\x02K\x01.')],
    ['a big-endian file', archive({ 'a/data.pkl': dict(rebuilt([2], [1])), 'a/byteorder': 'big' })],
    ['a compressed file', archive({ 'a/data.pkl': dict() }, 8)],
    ['another version of the old format', latin(`${oldStart}\x80\x02M\xea\x03.`)],
    ['one of big-endian values', latin(`${oldStart}\x80\x02M\xe9\x03.\x80\x02}X\r\0\0\0little_endian\x89s.`)],
    ['calls of an ordered dict with its items', saved('\x80\x02ccollections\nOrderedDict\n]\x85R.')],
  ])('%s is not supported', (_, bytes) => {
    expect(codeOf(bytes)).toBe('UNSUPPORTED_FORMAT');
  });

  test('a file that was cut off is damage, wherever it was', () => {
    for (let length = 0; length < whole.length; length += 13)
      expect(codeOf(whole.subarray(0, length))).toBe('CORRUPT_CHECKPOINT');
  });

  test('changed bytes give tensors or an error of ours, never another', () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = whole.slice();
        for (const { at, to } of changes) bytes[at] = to;
        expect(['read', 'CORRUPT_CHECKPOINT', 'UNSUPPORTED_FORMAT']).toContain(codeOf(bytes));
      }),
      { numRuns: randomRuns(300) },
    );
  });

  test('the public names are these', () => {
    expect(Object.keys(torchFile)).toEqual(['readTorch']);
  });
});

test('fromTorch takes what was read', () => {
  const model = unet({ inputChannels: 1, classes: 2, baseChannels: 1, depth: 1 });
  const params = model.init(1);
  const theirs = toTorch(params, model);
  const entries = Object.entries(theirs);
  const files: Record<string, string> = {};
  const tensors = entries.map(([name, value], i) => {
    const bytes = new Uint8Array(value.dataSync().slice().buffer);
    files[`a/data/${i}`] = String.fromCharCode(...bytes);
    const strides = value.shape.map((_, axis) => value.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    return text(name) + rebuilt(value.shape, strides, value.size).replace(text('0'), text(String(i)));
  });
  files['a/data.pkl'] = `\x80\x02}(${tensors.join('')}u.`;
  const read = readTorch(archive(files));
  const again = fromTorch(read, model);
  for (const [name, value] of Object.entries(params))
    expect(again[name]!.dataSync()).toEqual(value.dataSync());
  dispose([params, theirs, read, again].flatMap(Object.values));
});
