import { SegscapeError } from './errors.js';

const moved =
  (name: string) =>
  (..._given: unknown[]): never => {
    throw new SegscapeError(
      'BAD_OPTION',
      `${name}: moved to '@segscape/core/params', so that '@segscape/core' needs no TensorFlow.js. ` +
        `Import it from there: import { ${name} } from '@segscape/core/params'.`,
      { details: { name, module: '@segscape/core/params' } },
    );
  };

/**
 * @deprecated Moved to `@segscape/core/params`.
 * @param _given whatever the function there takes.
 * @returns never.
 * @throws {SegscapeError} `BAD_OPTION` that names the new place.
 */
export const encodeParams = moved('encodeParams');
/**
 * @deprecated Moved to `@segscape/core/params`.
 * @param _given whatever the function there takes.
 * @returns never.
 * @throws {SegscapeError} `BAD_OPTION` that names the new place.
 */
export const decodeParams = moved('decodeParams');
/**
 * @deprecated Moved to `@segscape/core/params`.
 * @param _given whatever the function there takes.
 * @returns never.
 * @throws {SegscapeError} `BAD_OPTION` that names the new place.
 */
export const readParams = moved('readParams');
/**
 * @deprecated Moved to `@segscape/core/params`.
 * @param _given whatever the function there takes.
 * @returns never.
 * @throws {SegscapeError} `BAD_OPTION` that names the new place.
 */
export const toParams = moved('toParams');
