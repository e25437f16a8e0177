import { parseArgs } from 'node:util';

export interface RunnerArguments {
  readonly help: boolean;
  readonly brokers: 1 | 3;
  readonly port: number;
  readonly registryPort: number;
  /** Folder in which the data stays; null for a temporary one. */
  readonly data: string | null;
}

export const USAGE = `Usage: npm run kafka -- [--brokers 1|3] [--port PORT] [--registry-port PORT] [--data DIR] [--help]

Runs Apache Kafka and a schema registry on 127.0.0.1 until Ctrl-C, for development. Needs Java 17 and, the first time, Maven.

  --brokers 1|3         how many brokers; with three, every topic has three replicas (default 1)
  --port PORT           port of the first broker, the others follow (default 9092)
  --registry-port PORT  port of the schema registry (default 8081)
  --data DIR            keep the data there; without it, it is removed at the end
  --help                this text
`;

/** Throws an `Error` with a readable message for anything that `USAGE` does not name. */
export function parseArguments(argv: readonly string[]): RunnerArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: 'boolean', default: false },
      brokers: { type: 'string', default: '1' },
      port: { type: 'string', default: '9092' },
      'registry-port': { type: 'string', default: '8081' },
      data: { type: 'string' },
    },
  });
  const brokers = values.brokers === '1' ? 1 : values.brokers === '3' ? 3 : null;
  if (brokers === null) throw new Error(`--brokers must be 1 or 3, not ${JSON.stringify(values.brokers)}`);
  if (values.data === '') throw new Error('--data needs a folder');
  const port = portOf('--port', values.port, brokers);
  const registryPort = portOf('--registry-port', values['registry-port'], 1);
  if (registryPort >= port && registryPort < port + brokers)
    throw new Error(`the schema registry and a broker cannot both have port ${registryPort}`);
  return { help: values.help, brokers, port, registryPort, data: values.data ?? null };
}

/** The first of `count` ports. */
function portOf(flag: string, text: string, count: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  const highest = 65_536 - count;
  if (port < 1 || port > highest)
    throw new Error(`${flag} must be a port from 1 to ${highest}, not ${JSON.stringify(text)}`);
  return port;
}
