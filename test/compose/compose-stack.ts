import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../tools/kafka/free-port.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
/** Milliseconds for one command: the first build and start take two minutes on two slow cores. */
const COMMAND_MS = 600_000;
/** Bytes that a command may say: the logs of all containers are the most. */
const OUTPUT_MAX = 64 * 1024 * 1024;

const run = promisify(execFile);

/** The repository's docker-compose.yml under a project name, an image name and a port that nobody else uses. */
export interface ComposeStack {
  readonly url: string;
  readonly project: string;
  readonly image: string;
  /** `docker compose ...`: what it printed. Rejects, with what it said, when it fails. */
  compose(...command: string[]): Promise<string>;
  docker(...command: string[]): Promise<string>;
  /** Builds, starts, and waits until every container is healthy. */
  up(...options: string[]): Promise<void>;
  /** The ids of the running containers of a service. */
  containers(service: string): Promise<string[]>;
  /** Removes containers, volumes, networks and image, whatever state they are in. */
  remove(): Promise<void>;
}

export async function composeStack(): Promise<ComposeStack> {
  const port = await freePort();
  const project = `secure-chat-test-${process.pid}`;
  const env = {
    // Nothing of the caller's but what finds programs and the engine: settings of a stack of theirs are not this one's.
    ...pick(process.env, [
      'PATH',
      'HOME',
      'DOCKER_HOST',
      'DOCKER_CONTEXT',
      'DOCKER_CONFIG',
      'XDG_RUNTIME_DIR',
    ]),
    HOST: '127.0.0.1',
    PORT: String(port),
    IMAGE: project,
    METRICS_PORT: '9100',
  };
  const docker = async (...command: string[]): Promise<string> => {
    const options = { cwd: REPOSITORY, env, timeout: COMMAND_MS, maxBuffer: OUTPUT_MAX };
    return (await run('docker', command, options)).stdout;
  };
  const compose = (...command: string[]): Promise<string> => docker('compose', '-p', project, ...command);
  return {
    url: `http://127.0.0.1:${port}`,
    project,
    image: project,
    compose,
    docker,
    async up(...options) {
      await compose('up', '--detach', '--wait', ...options).catch(async (error: unknown) => {
        throw new Error(`the stack did not start:\n${await compose('logs', '--tail', '15')}`, {
          cause: error,
        });
      });
    },
    containers: async (service) => (await compose('ps', '--quiet', service)).split('\n').filter(Boolean),
    async remove() {
      await compose('down', '--volumes', '--remove-orphans', '--timeout', '5');
      await docker('image', 'rm', '--force', project);
    },
  };
}

const pick = (env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
