import { type OnnxModelOptions, onnxModel } from '@segscape/models/onnx';
import { dispose } from '@tensorflow/tfjs-core';
import { type ModelPredictor, type ModelPredictorOptions, modelPredictor } from './model-predictor.js';
import { readMetadata } from './onnx-metadata.js';

export interface OnnxPredictorOptions extends OnnxModelOptions, ModelPredictorOptions {}

export interface OnnxPredictor extends ModelPredictor {
  readonly metadata: Readonly<Record<string, string>>;
}

/** Images have as many channels as the first kernel takes. */
function channelsOf({ shapes }: ReturnType<typeof onnxModel>['model']): number {
  const kernel = Object.values(shapes).find((shape) => shape.length === 4);
  return kernel?.[2] ?? 1;
}

/** What `onnxPredictor` of `on-demand` does; its documentation stands there. */
export async function onnxPredictor(
  bytes: Uint8Array,
  options: OnnxPredictorOptions = {},
): Promise<OnnxPredictor> {
  const { model, params, metadata } = onnxModel(bytes, options);
  let said: ReturnType<typeof readMetadata>;
  try {
    said = readMetadata(metadata);
  } catch (error) {
    dispose(params);
    throw error;
  }
  const given = { model, params, channels: channelsOf(model), said };
  return { ...(await modelPredictor('onnxPredictor', given, options)), metadata };
}
