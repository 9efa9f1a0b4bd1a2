import { defineKind, type StudyRegistry, studyRegistry, withKinds } from '@segscape/study';
import { paintedDataset } from './painted-masks.js';
import { pickedDataset } from './picture-folder.js';

const withPictures: StudyRegistry = withKinds(studyRegistry, [
  defineKind({ part: 'data', kind: 'picked', make: pickedDataset }),
]);

/** All that a config of the lab can name: study's kinds, pictures that were picked in this browser, masks that were painted. */
export const labRegistry: StudyRegistry = withKinds(withPictures, [
  defineKind({ part: 'data', kind: 'painted', make: paintedDataset(withPictures) }),
]);
