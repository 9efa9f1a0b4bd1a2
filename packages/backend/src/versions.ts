import { version_core } from '@tensorflow/tfjs-core';
import { platform } from '#platform';
import type { Versions } from './platform/platform.js';

const minor = (version: string) => version.split('.').slice(0, 2).join('.');

/**
 * Throws when a TensorFlow.js package, or the core that it would bring along, is of another major or minor version than
 * the core in use: their kernels and tensors would not fit together.
 */
export function assertVersions(
  packageNames: readonly string[],
  versionsOf: (packageName: string) => Versions = platform.versionsOf,
): void {
  for (const name of packageNames.filter((each) => each.startsWith('@tensorflow/'))) {
    const { own, core } = versionsOf(name);
    if (core !== undefined && minor(core) !== minor(version_core))
      throw new Error(
        `two copies of @tensorflow/tfjs-core: ${name} has ${core}, the application ${version_core}; install one version only`,
      );
    if (own !== undefined && minor(own) !== minor(version_core))
      throw new Error(
        `${name} is ${own}, @tensorflow/tfjs-core is ${version_core}; install the same version of both`,
      );
  }
}
