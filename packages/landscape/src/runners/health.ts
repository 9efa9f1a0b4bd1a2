import type { Server } from 'node:http';
import { assertOption, SegscapeError } from '@segscape/core';

/** What a worker has done since it began. */
export interface WorkerCounts {
  chunks: number;
  points: number;
  failures: number;
  /** Chunks being evaluated. */
  active: number;
  /** Whether it takes no more. */
  draining: boolean;
}

export interface HealthOptions {
  readonly port: number;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string;
}

const metrics = (counts: WorkerCounts): string =>
  (
    [
      ['chunks_total', 'counter', 'Chunks evaluated.', counts.chunks],
      ['points_total', 'counter', 'Points evaluated.', counts.points],
      ['failures_total', 'counter', 'Chunks that failed.', counts.failures],
      ['active', 'gauge', 'Chunks being evaluated.', counts.active],
    ] as const
  )
    .map(
      ([name, type, help, value]) =>
        `# HELP segscape_grid_${name} ${help}\n# TYPE segscape_grid_${name} ${type}\nsegscape_grid_${name} ${value}\n`,
    )
    .join('');

/**
 * Answers `GET /health` (200, or 503 while draining) and `GET /metrics` (Prometheus's text).
 * @returns closes it.
 * @throws {SegscapeError} `BAD_OPTION` when the port cannot be had.
 */
export async function serveHealth(
  { port, host = '127.0.0.1' }: HealthOptions,
  counts: WorkerCounts,
): Promise<() => Promise<void>> {
  const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535;
  assertOption(isPort, 'serveGrid', 'health.port', port, 'be a port, 0 to 65535');
  const { createServer } = await import('node:http');
  const server: Server = createServer(({ method, url }, response) => {
    const answer = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': type }).end(body);
    if (method !== 'GET') answer(405, 'text/plain', 'Only GET.\n');
    else if (url === '/health')
      answer(
        counts.draining ? 503 : 200,
        'application/json',
        `${JSON.stringify({ status: counts.draining ? 'draining' : 'ok', ...counts })}\n`,
      );
    else if (url === '/metrics') answer(200, 'text/plain; version=0.0.4', metrics(counts));
    else answer(404, 'text/plain', 'Known: /health, /metrics.\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new SegscapeError(
          'BAD_OPTION',
          `serveGrid: health: cannot listen on ${host}:${port} (${cause.message}).`,
          {
            cause,
          },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}
