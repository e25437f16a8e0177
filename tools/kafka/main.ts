import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArguments, type RunnerArguments, USAGE } from './arguments.ts';
import { type Broker, type KafkaCluster, startCluster } from './cluster.ts';
import { isFree } from './free-port.ts';
import { canRunKafka, kafkaJars } from './jars.ts';
import { type SchemaRegistry, startRegistry } from './registry.ts';

/** Runs both until `ended` resolves. */
async function runKafka(args: RunnerArguments, ended: Promise<void>): Promise<void> {
  const able = await canRunKafka();
  if (!able.ok) throw new Error(`cannot run: ${able.reason}`);
  const dataDir = args.data === null ? null : resolve(process.env.INIT_CWD ?? '.', args.data);
  if (dataDir !== null) refuseOtherCluster(dataDir, args.brokers);
  await refuseTakenPorts(args);
  process.stderr.write('kafka: starting\n');
  await kafkaJars();
  const starting = await Promise.allSettled([
    startCluster({
      brokers: args.brokers,
      port: args.port,
      ...(dataDir !== null && { dataDir }),
    }),
    startRegistry({
      port: args.registryPort,
      ...(dataDir !== null && { dataDir: join(dataDir, 'registry') }),
    }),
  ]);
  const [cluster, registry] = starting;
  try {
    if (cluster.status === 'rejected') throw cluster.reason;
    if (registry.status === 'rejected') throw registry.reason;
    process.stdout.write(readyBlock(args, cluster.value, registry.value));
    await Promise.race([ended, ...cluster.value.brokers.map(untilGone)]);
    process.stderr.write('kafka: stopping\n');
  } finally {
    await Promise.all(starting.map((part) => part.status === 'fulfilled' && part.value.stop()));
  }
}

/** Rejects when the broker has ended by itself. */
async function untilGone({ id, ended }: Broker): Promise<never> {
  await ended();
  throw new Error(`broker ${id} has ended by itself`);
}

/** A cluster keeps the size that its folder was made for: each broker knows all the others. */
function refuseOtherCluster(dataDir: string, brokers: number): void {
  const kept = [1, 2, 3].filter((id) => existsSync(join(dataDir, `broker-${id}`))).length;
  if (kept > 0 && kept !== brokers)
    throw new Error(`${dataDir} holds the data of ${kept} broker(s): start it with --brokers ${kept}`);
}

async function refuseTakenPorts({ brokers, port, registryPort }: RunnerArguments): Promise<void> {
  for (let broker = port; broker < port + brokers; broker += 1)
    if (!(await isFree(broker))) throw new Error(`port ${broker} is taken: choose another one with --port`);
  if (!(await isFree(registryPort)))
    throw new Error(`port ${registryPort} is taken: choose another one with --registry-port`);
}

function readyBlock(
  { brokers, data }: RunnerArguments,
  cluster: KafkaCluster,
  registry: SchemaRegistry,
): string {
  const settings = [
    'EVENT_LOG=kafka',
    `KAFKA_BROKERS=${cluster.bootstrap.map(({ host, port }) => `${host}:${port}`).join()}`,
    `SCHEMA_REGISTRY_URL=${registry.url}`,
    ...(brokers === 3 ? ['KAFKA_REPLICATION_FACTOR=3', 'KAFKA_MIN_INSYNC_REPLICAS=2'] : []),
  ];
  const logs = [...cluster.brokers, registry].map(({ logFile }) => `    ${logFile}\n`).join('');
  return `
Kafka (${brokers === 1 ? 'one broker' : 'three brokers'}) and a schema registry are ready. In another terminal:

    ${settings.join(' \\\n    ')} \\
    npm start

Logs:

${logs}
Ctrl-C ends them${data === null ? ' and removes their data' : ''}.
`;
}

/** Resolves at the first signal. More of them change nothing: npm passes on what a terminal sends to both. */
function signalled(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done());
  });
}

try {
  const args = parseArguments(process.argv.slice(2));
  if (args.help) process.stdout.write(USAGE);
  else await runKafka(args, signalled());
} catch (error) {
  process.stderr.write(`kafka: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
