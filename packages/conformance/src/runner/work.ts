import { useBackend } from '@segscape/backend';
import { isSegscapeError } from '@segscape/core';
import { env } from '@tensorflow/tfjs-core';
import { suite } from '../suite/cases.js';
import { runCase } from '../suite/run-case.js';
import { deviceFaults } from './device-faults.js';
import type { SuiteMessage, SuiteRequest } from './protocol.js';

const byName = new Map(suite.map((one) => [one.name, one]));

const messageOf = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Makes a backend ready and computes the cases on it, telling everything as it comes. */
export async function work(request: SuiteRequest, tell: (message: SuiteMessage) => void): Promise<void> {
  const { backend, executor, cases, device: processor = 'cpu', reference = false, wasmPath } = request;
  const { halfPrecision = false } = request;
  const jit = executor === 'eager' ? { executor } : { executor, device: processor };
  env().set('PROD', true); // silences the Node banner; results are unchanged
  const faults = deviceFaults();
  // Registers the flag, which is read once, when the backend starts.
  if (halfPrecision) {
    await import('@tensorflow/tfjs-backend-webgl');
    env().set('WEBGL_FORCE_F16_TEXTURES', true);
  }
  try {
    const { device = '' } = await useBackend(backend, {
      threads: 1,
      onDeviceError: faults.onDeviceError,
      ...(wasmPath !== undefined && { wasmPath }),
    });
    tell({ type: 'ready', device: executor === 'eager' ? device : `ONNX Runtime on ${processor}` });
  } catch (error) {
    if (!isSegscapeError(error, 'BACKEND_UNAVAILABLE')) throw error;
    tell({ type: 'unavailable', reason: error.message });
    return;
  }
  for (const name of cases) {
    tell({ type: 'start', name });
    try {
      const { outputs, ms, leaks } = await runCase(byName.get(name)!, { jit, reference });
      const plain = Object.entries(outputs).map(
        ([key, { shape, data }]) => [key, { shape: [...shape], data: Float64Array.from(data) }] as const,
      );
      tell({
        type: 'result',
        name,
        outputs: Object.fromEntries(plain),
        ms,
        leaks,
        faults: faults.take(),
      });
    } catch (error) {
      tell({ type: 'error', name, message: messageOf(error) });
    }
  }
  tell({ type: 'done' });
}
