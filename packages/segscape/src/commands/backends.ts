import { listBackends } from '@segscape/backend';
import { isNative } from '@segscape/jit';
import { printTable } from '../table.js';

/** What `--backend native` stands on, and what to do where it cannot be had. */
async function nativeRow(): Promise<string[]> {
  if (await isNative())
    return [
      'native',
      'yes',
      'ONNX Runtime',
      'yes',
      'float32',
      '',
      'the default; --device chooses cpu or a GPU',
    ];
  const enable =
    'onnxruntime-node is not installed. To have it: npm install onnxruntime-node; where its install script fails (nvcc without internet): ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node';
  return ['native', 'no', '', '', '', '', enable];
}

/** `segscape backends`: what this machine can compute on. */
export async function backends(): Promise<number> {
  const others = (await listBackends()).map(
    ({ name, available, device, canTrain, precision, probeMs, reason, enable }) => [
      name,
      available ? 'yes' : 'no',
      device ?? '',
      canTrain ? 'yes' : 'no',
      precision ?? '',
      probeMs === undefined ? '' : `${probeMs.toFixed(0)} ms`,
      available ? (reason ?? '') : `${reason ?? ''}. To have it: ${enable ?? ''}`,
    ],
  );
  printTable(
    ['backend', 'here', 'device', 'trains', 'precision', 'step', 'note'],
    [await nativeRow(), ...others],
  );
  return 0;
}
