/** What every answer says: nothing else may embed, sniff or be told of it. */
export const always = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** Names that lead to this machine alone, as a request's `Host` has them: another site's name that leads here is refused. */
export const hostsOf = (port: number): ReadonlySet<string> =>
  new Set(['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${port}`));
