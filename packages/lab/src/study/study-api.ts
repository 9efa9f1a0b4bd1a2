import { listBackends, withBackend } from '@segscape/backend';
import { SegscapeError, type Storage } from '@segscape/core';
import { openRun, validateRun } from '@segscape/runs';
import { exportOnnx, parseStudyConfig, type StudyInput } from '@segscape/study';
import { stringify } from 'yaml';
import { type DataConfig, examinedData, sampleOf } from './examined-data.js';
import { keepPictures, labRegistry, type MaskReading } from './picture-folder.js';
import { unzipRun, zipRun } from './run-archive.js';
import { historyOf, surfacesOf, weightsOf } from './run-results.js';
import { freeName, lasts, removeRun, runStorage, runsOnShelf } from './run-shelf.js';
import { servedRun } from './served-run.js';
import {
  beginJob,
  chooseDevice,
  type DeviceName,
  type Listener,
  pauseJob,
  resumeJob,
  runningJob,
  wasmFolder,
} from './study-job.js';

/** The name under which pages ask for the run that the command line serves. */
const served = ':served';

const storageOf = async (name: string): Promise<Storage> =>
  name === served ? (await servedRun()).storage : runStorage(name);

/** What pages ask of studies and runs. */
export const api = {
  lasts: () => lasts,
  backends: () => listBackends({ wasmPath: wasmFolder }),
  device: (name: DeviceName) => chooseDevice(name),
  examine: (data: DataConfig) => examinedData(data),
  sample: (data: DataConfig, index: number) => sampleOf(data, index),
  keepPictures: (images: File[], masks: File[], reading: MaskReading) => keepPictures(images, masks, reading),
  /** The config in full, as the command line reads it. */
  yaml: (input: StudyInput) => stringify(parseStudyConfig(input, labRegistry)),

  freeName,
  begin: (name: string, input: StudyInput, device: DeviceName, listen: Listener) =>
    beginJob(name, input, device, listen),
  resume: (name: string, device: DeviceName, listen: Listener) => resumeJob(name, device, listen),
  pause: pauseJob,
  running: runningJob,

  runs: runsOnShelf,
  removeRun,
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
  async checkpoints(name: string) {
    return (await openRun(await storageOf(name))).checkpoints();
  },
  async weights(name: string, checkpoint: string) {
    return weightsOf(await storageOf(name), checkpoint);
  },
  async onnx(name: string, loss?: string) {
    const busy = runningJob();
    if (busy)
      throw new SegscapeError('BACKEND_UNAVAILABLE', `'${busy}' is under way. Pause it, then export.`);
    const storage = await storageOf(name);
    return withBackend('cpu', () =>
      exportOnnx(storage, { registry: labRegistry, ...(loss !== undefined && { loss }) }),
    );
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
