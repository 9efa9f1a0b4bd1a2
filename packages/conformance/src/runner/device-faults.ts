/** What a GPU device calls out between two questions. */
export interface DeviceFaults {
  /** For `useBackend`. */
  readonly onDeviceError: (error: Error) => void;
  /** What was called out since it was last asked, once each. */
  take(): readonly string[];
}

/**
 * Remembers a device's faults: a shader that does not compile is told to the device only, and the work it was part of is
 * dropped in silence, zeros in its place.
 */
export function deviceFaults(): DeviceFaults {
  let heard = new Set<string>();
  return {
    onDeviceError: ({ message }) => void heard.add(message),
    take() {
      const all = [...heard];
      heard = new Set();
      return all;
    },
  };
}
