/**
 * Weights from the files that PyTorch writes, `.pt` and `.pth`, without Python.
 *
 *     import { fromTorch } from '@segscape/models';
 *     import { readTorch } from '@segscape/models/torch-file';
 *
 *     const params = fromTorch(readTorch(bytes), model);
 *
 * @module
 */
export { type ReadTorchOptions, readTorch } from './torch-file/read-torch.js';
