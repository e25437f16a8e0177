import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { type Cluster, findPostgres, startCluster } from './cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers with the URL of a run's PostgreSQL server, which it starts when first asked; null without PostgreSQL. */
    postgres: string | null;
    /** The folder of PostgreSQL's programs, for a test that needs a server of its own. */
    postgresPrograms: string | null;
  }
}

/** One PostgreSQL server a run, started when a test first needs it and gone with the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = findPostgres();
  project.provide('postgresPrograms', programs);
  if (programs === null) {
    project.provide('postgres', null);
    if (process.env.CI === 'true')
      throw new Error('PostgreSQL is not installed: its tests have to run in CI');
    return async () => {
      process.stdout.write(
        'Not run: the suites on PostgreSQL, which is not installed (initdb and pg_ctl).\n',
      );
    };
  }
  let cluster: Promise<Cluster> | undefined;
  const server = createServer((_request, response) => {
    cluster ??= startCluster(programs);
    cluster.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  project.provide('postgres', `http://127.0.0.1:${address.port}`);
  return async () => {
    server.close();
    await (await cluster)?.remove();
  };
}
