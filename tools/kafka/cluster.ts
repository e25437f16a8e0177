import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { type BrokerOptions, type Jvm, launchBroker } from './broker.ts';
import { freePort } from './free-port.ts';
import { kafkaJars } from './jars.ts';
import { type JavaProcess, untilReady } from './java-process.ts';
import { type ClusterSecurity, securityOfClient } from './security.ts';

export interface ClusterOptions {
  readonly brokers: 1 | 3;
  /** Further lines of server.properties, `name=value`, for every broker. */
  readonly properties?: readonly string[];
  /** `small` when absent. */
  readonly jvm?: Jvm;
  /** The port of the first broker, the others follow; free ones below 32,768 when absent. */
  readonly port?: number;
  /** Plain and open to everybody when absent. */
  readonly security?: ClusterSecurity;
  /** Where the data stays; a temporary folder that `stop` removes when absent. */
  readonly dataDir?: string;
}

export interface Broker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** Of the java process that runs now. */
  pid(): number;
  /** Resolves when the java process that runs now has ended, for whatever reason. */
  ended(): Promise<void>;
  /** What it printed. */
  readonly logFile: string;
  /** SIGKILL: nothing is handed over, nothing flushed. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM: it hands its partitions over. Resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGSTOP: it accepts connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Starts it again (killed first, if it runs): same data, same port. Resolves when it answers as a member. */
  restart(): Promise<void>;
}

export interface KafkaCluster {
  readonly bootstrap: readonly { readonly host: string; readonly port: number }[];
  /** In order of their ids, from 1. */
  readonly brokers: readonly Broker[];
  /** Ends every broker, whatever state it is in. Temporary data is removed. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts Apache Kafka (KRaft) on 127.0.0.1 and resolves when every broker answers as a member. With three brokers,
 * topics have replication 3 and min.insync.replicas 2 by default. No broker outlives this process. Throws, with the end
 * of the broker's log, when one does not start; nothing is left behind then.
 */
export async function startCluster(options: ClusterOptions): Promise<KafkaCluster> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'secure-chat-kafka-')));
  const brokers = (await configurations(options, dataDir)).map(createBroker);
  const stop = async (): Promise<void> => {
    // Together: a last broker alone has no quorum and would wait for one in vain. Temporary data needs no farewell.
    await Promise.all(
      brokers.map((broker) => (options.dataDir === undefined ? broker.kill() : broker.stop())),
    );
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await Promise.all(brokers.map((broker) => broker.restart()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { bootstrap: brokers.map(({ host, port }) => ({ host, port })), brokers, stop };
}

async function configurations(options: ClusterOptions, dataDir: string): Promise<BrokerOptions[]> {
  const { kafka } = await kafkaJars();
  const nodes: { id: number; port: number; controllerPort: number }[] = [];
  for (let id = 1; id <= options.brokers; id += 1) {
    const port = options.port === undefined ? await freePort() : options.port + id - 1;
    nodes.push({ id, port, controllerPort: await freePort() });
  }
  const voters = nodes.map((node) => `${node.id}@${HOST}:${node.controllerPort}`).join(',');
  const clusterId = newClusterId();
  return nodes.map((node) => ({
    ...node,
    host: HOST,
    voters,
    replication: options.brokers,
    minInsync: options.brokers === 3 ? 2 : 1,
    folder: join(dataDir, `broker-${node.id}`),
    clusterId,
    jvm: options.jvm ?? 'small',
    security: securityOf(options, node.id),
    properties: options.properties ?? [],
    classPath: kafka,
  }));
}

/** The listener for certificates is the first broker's alone: they all have one address. */
function securityOf({ security }: ClusterOptions, id: number): ClusterSecurity | null {
  if (!security) return null;
  const { certificatePort, ...shared } = security;
  return id === 1 && certificatePort !== undefined ? security : shared;
}

/** Kafka takes one that begins with a dash for an option. */
function newClusterId(): string {
  return `A${randomBytes(16).toString('base64url').slice(1, 21)}A`;
}

function createBroker(options: BrokerOptions): Broker {
  const { id, host, port } = options;
  let java: JavaProcess | null = null;
  return {
    id,
    host,
    port,
    logFile: join(options.folder, 'output.log'),
    pid() {
      if (!java?.alive()) throw new Error(`broker ${id} does not run`);
      return java.pid;
    },
    async ended() {
      await java?.ended;
    },
    async kill() {
      await java?.kill();
    },
    async stop() {
      await java?.stop();
    },
    pause: () => java?.pause(),
    resume: () => java?.resume(),
    async restart() {
      await java?.kill();
      java = await launchBroker(options);
      await untilReady(`broker ${id}`, java, () => answersAsMember(options));
    },
  };
}

/** A broker tells clients about itself only once the controller has let it in. */
async function answersAsMember({ id, host, port, security }: BrokerOptions): Promise<boolean> {
  const admin = new Kafka({
    ...(security && securityOfClient(security)),
    brokers: [`${host}:${port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    return controller !== null && brokers.some(({ nodeId }) => nodeId === id);
  } finally {
    await admin.disconnect();
  }
}
