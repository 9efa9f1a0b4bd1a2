/** What a receipt names: what the study was, what it found, and the weights that it trained. */
const named =
  /^(?:config\.yaml|model\.json|plan\.json|evaluation\.json|landscape\.json|checkpoints\/.*\/(?:latest|best)\.[^/]*)$/;
const line = /^([0-9a-f]{64}) [ *](.+)$/;

/**
 * SHA-256 of the files that a run stands on.
 * @param sums text of `manifest.sha256`, as sha256sum writes it; a run without one has none.
 * @returns path and hash, hexadecimal, sorted by path.
 */
export function hashesOf(sums: string): [path: string, sha256: string][] {
  return sums
    .split('\n')
    .flatMap((text): [string, string][] => {
      const [, hash, path] = line.exec(text) ?? [];
      return hash !== undefined && path !== undefined && named.test(path) ? [[path, hash]] : [];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
