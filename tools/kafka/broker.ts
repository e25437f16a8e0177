import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JavaProcess, lastLines, startJava } from './java-process.ts';
import { type ClusterSecurity, scramArguments, securityProperties, writeSecurityFiles } from './security.ts';

export interface BrokerOptions {
  /** From 1 on. */
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** `id@host:port` of every controller, comma-separated. */
  readonly voters: string;
  readonly controllerPort: number;
  readonly replication: number;
  readonly minInsync: number;
  /** Its properties, its log and its data. */
  readonly folder: string;
  /** 16 bytes as Kafka writes them. */
  readonly clusterId: string;
  readonly jvm: Jvm;
  /** Plain and open to everybody when null. */
  readonly security: ClusterSecurity | null;
  /** Further lines `name=value`; they win over those here. */
  readonly properties: readonly string[];
  readonly classPath: string;
}

/** `small`: for a machine that runs several on two cores. `stock`: as Kafka's own start script sets it, to be measured. */
export type Jvm = 'small' | 'stock';

const JVM_FLAGS: Record<Jvm, readonly string[]> = {
  small: ['-XX:+UseSerialGC', '-Xms64m', '-Xmx512m', '-Djava.net.preferIPv4Stack=true'],
  stock: [
    '-server',
    '-Xms1g',
    '-Xmx1g',
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=20',
    '-XX:InitiatingHeapOccupancyPercent=35',
    '-XX:+ExplicitGCInvokesConcurrent',
    '-Djava.net.preferIPv4Stack=true',
  ],
};

const LOGGING = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.server=info',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
];

/** Starts one broker, which is a controller, too, in its folder: formatted the first time, recovered later. */
export async function launchBroker(options: BrokerOptions): Promise<JavaProcess> {
  await mkdir(options.folder, { recursive: true });
  if (options.security) await writeSecurityFiles(options.security, options.folder);
  await writeFile(join(options.folder, 'server.properties'), `${propertiesOf(options).join('\n')}\n`);
  if (!(await isFormatted(options))) await format(options);
  const jvm = [...JVM_FLAGS[options.jvm], ...LOGGING, '-cp', options.classPath];
  return startJava([...jvm, 'kafka.Kafka', 'server.properties'], options.folder);
}

async function format(options: BrokerOptions): Promise<void> {
  const jvm = [...JVM_FLAGS.small, '-XX:TieredStopAtLevel=1', '-cp', options.classPath];
  const tool = ['kafka.tools.StorageTool', 'format', '-t', options.clusterId, '-c', 'server.properties'];
  if (options.security) tool.push(...scramArguments(options.security));
  const java = startJava([...jvm, ...tool], options.folder);
  await java.ended;
  if (!(await isFormatted(options)))
    throw new Error(`broker ${options.id} could not format its folder\n${await lastLines(java)}`);
}

const isFormatted = ({ folder }: BrokerOptions): Promise<boolean> =>
  access(join(folder, 'log', 'meta.properties')).then(
    () => true,
    () => false,
  );

function propertiesOf(options: BrokerOptions): string[] {
  const { host, port, controllerPort, replication, minInsync } = options;
  return [
    'process.roles=broker,controller',
    `node.id=${options.id}`,
    `controller.quorum.voters=${options.voters}`,
    `listeners=PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://${host}:${port}`,
    'controller.listener.names=CONTROLLER',
    'log.dirs=log',
    'auto.create.topics.enable=false',
    `default.replication.factor=${replication}`,
    `min.insync.replicas=${minInsync}`,
    `offsets.topic.replication.factor=${replication}`,
    'offsets.topic.num.partitions=4',
    `transaction.state.log.replication.factor=${replication}`,
    `transaction.state.log.min.isr=${minInsync}`,
    'transaction.state.log.num.partitions=4',
    // The first member of a group need not wait for others.
    'group.initial.rebalance.delay.ms=0',
    // 10 MiB by default, for each topic: thousands of topics would not fit.
    'log.index.size.max.bytes=1048576',
    'log.cleaner.dedupe.buffer.size=4194304',
    'log.cleaner.threads=1',
    'num.network.threads=2',
    'num.io.threads=4',
    ...(options.security ? securityProperties(options.security, options) : []),
    ...options.properties,
  ];
}
