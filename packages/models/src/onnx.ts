/**
 * Other people's ONNX models as networks of ours.
 *
 *     import { onnxModel } from '@segscape/models/onnx';
 *
 *     const { model, params } = onnxModel(new Uint8Array(await readFile('unet.onnx')));
 *
 * @module
 */
export { type OnnxModel, type OnnxModelOptions, onnxModel } from './onnx-model/onnx-model.js';
