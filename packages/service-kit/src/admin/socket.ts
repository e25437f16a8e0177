import { lstatSync, mkdtempSync, renameSync, rmSync, type Stats, statSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createHttpServer } from '../http-server.ts';
import type { Logger } from '../logger.ts';
import type { Operation } from '../operation.ts';
import { queryOf } from '../query-of.ts';
import { adminSocketPath } from './socket-path.ts';

/** Connections of administrators at once: each command has one. */
const CONNECTIONS_MAX = 16;
/** Characters of a request's path in the log: a name and what is asked of it fit. */
const LOGGED_MAX = 200;

export interface AdminSocketOptions {
  /** Data folder: it must exist, belong to this process's user, and be writable by nobody else. */
  readonly folder: string;
  readonly operations: readonly Operation[];
  readonly logger: Logger;
}

export interface AdminSocket {
  /** Finishes what is asked, and removes the socket. */
  close(): Promise<void>;
}

/**
 * Opens `admin.sock` (0600) in a data folder: HTTP, for whoever may open the file, which is who runs the process. Each request is a
 * line of the log. A socket that a killed process left is taken over, one that answers is not. Null, and a warning in the log, where
 * there can be none: the system serves its users all the same.
 */
export async function openAdminSocket(options: AdminSocketOptions): Promise<AdminSocket | null> {
  const { folder, logger } = options;
  const place = adminSocketPath(folder);
  const problem =
    'error' in place ? place.error : (folderProblem(folder) ?? (await takenProblem(place.path)));
  if (problem !== null || 'error' in place) {
    logger.warn({ reason: problem }, 'there is no socket for administrators');
    return null;
  }
  const app = createAdminServer(options);
  await listen(app, folder, place.path);
  const own = statSync(place.path).ino;
  return {
    async close() {
      await app.close();
      // Whoever took the folder over since has a socket of his own there.
      if (statOf(place.path)?.ino === own) rmSync(place.path, { force: true });
    },
  };
}

function createAdminServer({ operations, logger }: AdminSocketOptions): FastifyInstance {
  const app = createHttpServer({ logger, maxConnections: CONNECTIONS_MAX, trustRequestId: false });
  app.addHook('onResponse', async ({ method, url, id }, { outcome }) => {
    const command = `${method} ${url}`.slice(0, LOGGED_MAX);
    logger.warn({ command, outcome, reqId: id }, 'an administrator');
  });
  for (const { method, path, perform } of operations) {
    app.route<{ Params: { username?: string } }>({
      method,
      url: path,
      async handler({ params, url, body }, reply) {
        const { json, headers } = await perform({
          caller: null,
          username: params.username ?? '',
          query: queryOf(url),
          body: Buffer.isBuffer(body) ? body : null,
        });
        return reply.headers(headers).type('application/json; charset=utf-8').send(json);
      },
    });
  }
  return app;
}

/**
 * In a folder of its own (0700) until it has its rights, whatever the umask is; then it takes its place at once. The way there is as
 * long as the place.
 */
async function listen(app: FastifyInstance, folder: string, path: string): Promise<void> {
  const aside = mkdtempSync(join(folder, '.a'));
  try {
    const socket = join(aside, 's');
    await app.listen({ path: socket });
    await chmod(socket, 0o600);
    renameSync(socket, path);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function folderProblem(folder: string): string | null {
  const { mode, uid } = statSync(folder);
  if (process.getuid && uid !== process.getuid())
    return `The data folder ${folder} belongs to another user, who could put a socket of his own there.`;
  if (mode & 0o022)
    return `Others may write to the data folder ${folder}, and put a socket of their own there: chmod go-w it.`;
  return null;
}

async function takenProblem(path: string): Promise<string | null> {
  const there = statOf(path);
  if (!there) return null;
  if (!there.isSocket()) return `${path} is there, and no socket. Remove it.`;
  return (await answers(path)) ? `Another process answers at ${path}.` : null;
}

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** Whether a process listens there: a connection to what one left that was killed is refused. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (listens: boolean): void => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => end(true));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}
