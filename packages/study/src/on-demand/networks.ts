import type { Storage } from '@segscape/core';
import type { BioimageioOptions } from '../bioimageio/bioimageio-package.js';
import type { ExportOnnxOptions } from '../export-onnx.js';
import type { ModelRecord } from '../model-record.js';
import type { ModelPredictor } from '../predict/model-predictor.js';
import type { OnnxPredictor, OnnxPredictorOptions } from '../predict/onnx-predictor.js';
import type { WeightsPredictorOptions } from '../predict/weights-predictor.js';
import type { Predictor, PredictorOptions } from '../predictor.js';
import type { RunSights, RunSightsOptions } from '../walk/run-sights.js';
import type { SurfaceWalk, SurfaceWalkOptions } from '../walk/surface-walk.js';

// Trained networks, loaded with what they need when the first is opened.

/**
 * A trained network of a run folder, or several, ready for images of any size: larger ones are seen in tiles that overlap
 * by a quarter and count the less the farther from their middles. Set a backend first (`useBackend`).
 * @param storage the run folder.
 * @param options which network or networks, and how they decide; their defaults stand with their types.
 * @returns the predictor, which holds the weights; the caller disposes it.
 * @throws {SegscapeError} `NOT_FOUND` without a run, or where the training has left no weights; `BAD_OPTION` for a loss,
 *   seed or fold that the run does not have, and for a threshold that does not fit its classes; `CORRUPT_CHECKPOINT` for
 *   damaged weights.
 */
export async function openPredictor(storage: Storage, options: PredictorOptions = {}): Promise<Predictor> {
  const room = await import('../predictor.js');
  return room.openPredictor(storage, options);
}

/**
 * Somebody's ONNX model, ready for images of any size: as `openPredictor`, without a run.
 *
 *     const predictor = await onnxPredictor(new Uint8Array(await readFile('unet.onnx')), { normalize: 'zscore' });
 *     const { mask } = await predictor.predict(image);
 *
 * A model of one output tells two classes apart by its sigmoid; of several the likeliest is taken.
 * @param bytes of an `.onnx` file.
 * @param options what the file does not say; their defaults stand with their types.
 * @returns the predictor, which holds the weights; the caller disposes it.
 * @throws {SegscapeError} `BAD_OPTION` where neither the file nor an option says how intensities are scaled, and for what does
 *   not fit the model; what `onnxModel` throws.
 */
export async function onnxPredictor(
  bytes: Uint8Array,
  options: OnnxPredictorOptions = {},
): Promise<OnnxPredictor> {
  const room = await import('../predict/onnx-predictor.js');
  return room.onnxPredictor(bytes, options);
}

/**
 * Weights of a known network, ready for images of any size: as `onnxPredictor`, from a safetensors file or PyTorch's.
 *
 *     const predictor = await weightsPredictor(bytes, {
 *       name: 'unet.safetensors', network: { kind: 'unet', baseChannels: 16 }, normalize: 'scale',
 *     });
 *
 * @param bytes of a `.safetensors`, `.pt` or `.pth` file: a network's weights, or a checkpoint of a run.
 * @param options the file's name and the network; the defaults of all others stand with their types.
 * @returns the predictor, which holds the weights; the caller disposes it.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for weights of another network; `BAD_CONFIG` for a kind or an option that there is
 *   not; `BAD_OPTION` without `normalize`; `CORRUPT_CHECKPOINT` for a damaged file.
 */
export async function weightsPredictor(
  bytes: Uint8Array,
  options: WeightsPredictorOptions,
): Promise<ModelPredictor> {
  const room = await import('../predict/weights-predictor.js');
  return room.weightsPredictor(bytes, options);
}

/**
 * A trained network as an ONNX model: float32 `images`, normalised as in training unless it is asked otherwise, to `logits` or
 * `probabilities`. The batch is free, and so are height and width, of volumes the depth as well, where the network lets them be (multiples of what it shrinks
 * images by); a network of valid convolutions takes the size of one tile. Metadata name the classes, the loss, the normalisation and,
 * of two classes, the threshold that validation chose.
 *
 * @param storage the run folder.
 * @param options which network, and the form of its graph; their defaults stand with their types.
 * @returns the bytes of an `.onnx` file, opset 17.
 * @throws {SegscapeError} `NOT_FOUND` without a run; `CORRUPT_CHECKPOINT` for damaged weights; `BAD_OPTION` for a loss,
 *   seed or fold that it does not have, and for a normalisation that a graph cannot hold.
 */
export async function exportOnnx(storage: Storage, options: ExportOnnxOptions = {}): Promise<Uint8Array> {
  const room = await import('../export-onnx.js');
  return room.exportOnnx(storage, options);
}

/**
 * A trained network as a package of the bioimage.io model zoo (model description 0.5): `rdf.yaml`, `weights.onnx`, a drawn test
 * image with what the network makes of it, `README.md` and a cover. ilastik, deepImageJ, QuPath and others open it.
 *
 *     const files = await bioimageioPackage(storage, { authors: [{ name: 'A. Author' }] });
 *     for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
 *
 * Set a backend first (`useBackend`).
 *
 * @param storage the run folder.
 * @param options `authors`, one at least, and which network; the defaults of all others stand with their types.
 * @returns the files by their names, as bytes.
 * @throws {SegscapeError} `NOT_FOUND` without a run; `CORRUPT_CHECKPOINT` for damaged weights; `BAD_OPTION` without
 *   authors, for a loss, seed or fold that the run does not have, for a run of volumes, and for one that evens out
 *   contrast (`clahe`), which the description has no step for.
 * @see https://bioimage-io.github.io/spec-bioimage-io/
 */
export async function bioimageioPackage(
  storage: Storage,
  options: BioimageioOptions,
): Promise<Readonly<Record<string, Uint8Array>>> {
  const room = await import('../bioimageio/bioimageio-package.js');
  return room.bioimageioPackage(storage, options);
}

/**
 * What a run records of its model: kind and options, classes, channels, preprocessing, losses and seeds.
 * @param given the run folder.
 * @returns plain data, as `model.json` holds them.
 * @throws {SegscapeError} `NOT_FOUND` when the folder holds no run; `CORRUPT_FILE` when the record is not what was
 *   written.
 */
export async function readModelRecord(given: Storage): Promise<ModelRecord> {
  const room = await import('../model-record.js');
  return room.readModelRecord(given);
}

/**
 * The surfaces of a run as places to look from: what a network with the weights of any place of a surface makes of the run's test
 * images, which must lie where its config says. Set a backend first (`useBackend`).
 *
 *     const walk = await openSurfaceWalk(storage);
 *     const { losses, pictures } = await walk.look({ surface: 'dice-seed-1-epoch-0020', x: 0.5, y: -0.25 }, 0);
 *
 * @param storage the run folder.
 * @param options the backend's compiler, and the registry of a run with kinds of one's own.
 * @returns the walk, which holds weights; the caller disposes it.
 * @throws {SegscapeError} `NOT_FOUND` without a run; what the dataset of the config throws where its images are gone.
 */
export async function openSurfaceWalk(
  storage: Storage,
  options: SurfaceWalkOptions = {},
): Promise<SurfaceWalk> {
  const room = await import('../walk/surface-walk.js');
  return room.openSurfaceWalk(storage, options);
}

/**
 * The networks of a run to look through at images of any dataset: what one makes of a labelled image, at a place of a surface or
 * at a moment of its training, and what each of its losses says of it. The run's own images need not be at hand. Set a backend
 * first (`useBackend`).
 *
 *     const sights = await openRunSights(storage);
 *     const { prediction, losses } = await sights.look({ loss: 'dice', seed: 1 }, dataset, 0);
 *
 * @param storage the run folder.
 * @param options the backend's compiler, and the registry of a run with kinds of one's own.
 * @returns the sights, which hold weights; the caller disposes them.
 * @throws {SegscapeError} `NOT_FOUND` without a run; `UNSUPPORTED_FORMAT` for a network that the registry cannot make.
 */
export async function openRunSights(storage: Storage, options: RunSightsOptions = {}): Promise<RunSights> {
  const room = await import('../walk/run-sights.js');
  return room.openRunSights(storage, options);
}
