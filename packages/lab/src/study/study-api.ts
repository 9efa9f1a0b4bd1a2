import { listBackends, withBackend } from '@segscape/backend';
import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import { figuresOfRun, reportHtml } from '@segscape/report';
import { openRun, validateRun } from '@segscape/runs';
import {
  type BioimageioOptions,
  bioimageioPackage,
  exportOnnx,
  parseStudyConfig,
  readModelRecord,
  type StudyInput,
} from '@segscape/study';
import { stringify } from 'yaml';
import type { PathFile } from '../data/picked-files.js';
import type { DataConfig } from './data-config.js';
import { demoRun } from './demo-run.js';
import { type ElasticLook, elasticPreview } from './elastic-preview.js';
import { estimated } from './estimate.js';
import { examinedData, sampleOf } from './examined-data.js';
import { inTurn } from './in-turn.js';
import type { Listener } from './job-events.js';
import { madeDataset } from './known-datasets.js';
import { labRegistry } from './lab-registry.js';
import { watch } from './live-look.js';
import { deviceIsLost, untilLost } from './lost-device.js';
import { keepPainted, maskFiles, type PaintedMask } from './painted-masks.js';
import { keepPictures, type MaskReading } from './picture-folder.js';
import { keptFolders, removeFolder } from './picture-shelf.js';
import { unzipRun, zipFigures, zipFiles, zipRun } from './run-archive.js';
import { factsOf, historyOf, surfacesOf, weightsOf } from './run-results.js';
import { freeName, lasts, removeRun, runStorage, runsOnShelf } from './run-shelf.js';
import { servedRun } from './served-run.js';
import {
  alone,
  beginJob,
  chooseDevice,
  type DeviceName,
  pauseJob,
  resumeJob,
  runningJob,
  someDevice,
  webAssembly,
} from './study-job.js';
import { Walk, type WalkRequest } from './walk.js';

type PackageOptions = Omit<BioimageioOptions, 'registry'>;
type ExportOnnxOptions = Omit<NonNullable<Parameters<typeof exportOnnx>[1]>, 'registry'>;

/** The name under which pages ask for the run that the command line serves. */
const served = ':served';

const storageOf = async (name: string): Promise<Storage> =>
  name === served ? (await servedRun()).storage : runStorage(name);

const walk = new Walk(storageOf);

/** Makes a file of a run's network on the processor, where a study that is under way computes elsewhere. */
async function exported(name: string, make: (storage: Storage) => Promise<Uint8Array>): Promise<Uint8Array> {
  const busy = runningJob();
  if (busy) throw new SegscapeError('BACKEND_UNAVAILABLE', `'${busy}' is under way. Pause it, then export.`);
  const storage = await storageOf(name);
  return inTurn(() => withBackend('cpu', () => make(storage)));
}

/** What pages ask of studies and runs. */
export const api = {
  lasts: () => lasts,
  backends: () => inTurn(() => listBackends(webAssembly)),
  device: (name: DeviceName) => chooseDevice(name),
  examine: (data: DataConfig) => examinedData(data),
  sample: (data: DataConfig, index: number) => sampleOf(data, index),
  elastic: (data: DataConfig, picture: number, options: ElasticLook) =>
    elasticPreview(data, picture, options),
  keepPictures: (files: PathFile[], reading: MaskReading, onRead: (done: number, total: number) => void) =>
    keepPictures(files, reading, onRead),
  keepPainted,
  keptFolders,
  removeFolder,
  /** A painted mask as a file. */
  maskFile: async (data: DataConfig, mask: PaintedMask) =>
    Object.values(await maskFiles(data, [mask], madeDataset))[0]!,
  /** Several of them, zipped. */
  maskZip: async (data: DataConfig, masks: PaintedMask[]) =>
    zipFiles(await maskFiles(data, masks, madeDataset)),
  /** The config in full, as the command line reads it. */
  yaml: (input: StudyInput) => stringify(parseStudyConfig(input, labRegistry)),

  freeName,
  async begin(name: string, input: StudyInput, device: DeviceName, listen: Listener) {
    await inTurn(() => walk.leave());
    return beginJob(name, input, device, listen);
  },
  async resume(name: string, device: DeviceName, listen: Listener) {
    await inTurn(() => walk.leave());
    return resumeJob(name, device, listen);
  },
  /** What a study would take here; it is begun, and left after its first steps. */
  async estimate(input: StudyInput, device: DeviceName) {
    await inTurn(() => walk.leave());
    return untilLost(() => estimated(input, device));
  },
  pause: pauseJob,
  running: runningJob,

  watch,
  /** What a network of a run makes of a picture, from a place of a surface or at a checkpoint. */
  async look(request: WalkRequest, device: DeviceName) {
    await someDevice(device);
    return inTurn(async () => {
      try {
        return await untilLost(() => walk.look(request));
      } catch (error) {
        // What it kept lies on the device.
        if (deviceIsLost()) await walk.leave();
        throw error;
      }
    });
  },

  runs: runsOnShelf,
  demo: demoRun,
  removeRun: (name: string) => alone(name, () => removeRun(name)),
  served: async () => ({ id: served, name: (await servedRun()).name }),
  async files(name: string) {
    return (await storageOf(name)).list('');
  },
  async read(name: string, path: string) {
    return (await storageOf(name)).read(path);
  },
  async history(name: string) {
    return historyOf(await storageOf(name));
  },
  async surfaces(name: string) {
    return surfacesOf(await storageOf(name));
  },
  async facts(name: string) {
    return factsOf(await storageOf(name));
  },
  /** What the losses of a run are called; none where it holds no network (yet). */
  async labels(name: string): Promise<readonly string[]> {
    try {
      return (await readModelRecord(await storageOf(name))).losses;
    } catch (error) {
      if (isSegscapeError(error, 'NOT_FOUND')) return [];
      throw error;
    }
  },
  async checkpoints(name: string) {
    return (await openRun(await storageOf(name))).checkpoints();
  },
  async weights(name: string, checkpoint: string) {
    return weightsOf(await storageOf(name), checkpoint);
  },
  onnx: (name: string, options: ExportOnnxOptions = {}) =>
    exported(name, (storage) => exportOnnx(storage, { registry: labRegistry, ...options })),
  /** A trained network as a package of the bioimage.io model zoo, zipped. */
  bioimageio: (name: string, options: PackageOptions) =>
    exported(name, async (storage) =>
      zipFiles(await bioimageioPackage(storage, { registry: labRegistry, ...options })),
    ),
  /** The report as it was written; made of what there is where the run has none (yet). */
  async report(name: string) {
    const storage = await storageOf(name);
    const there = (await storage.list('')).includes('report.html');
    return there ? storage.read('report.html') : new TextEncoder().encode(await reportHtml(storage));
  },
  /** The run's figures for a paper, SVG in a zip. */
  async figures(name: string) {
    return zipFigures(await figuresOfRun(await storageOf(name)));
  },
  async zip(name: string) {
    const storage = await storageOf(name);
    return zipRun(storage, name === served ? (await servedRun()).name : name);
  },
  /** Puts a zipped run on the shelf; what is damaged in it is named. */
  async openZip(fileName: string, bytes: Uint8Array) {
    const name = await freeName(fileName.replace(/\.zip$/i, ''));
    try {
      await unzipRun(bytes, runStorage(name));
      return { name, problems: await validateRun(runStorage(name)) };
    } catch (error) {
      await removeRun(name);
      throw error;
    }
  },
};

export type StudyApi = typeof api;
