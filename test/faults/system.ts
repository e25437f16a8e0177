import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaCluster, startCluster } from '../../tools/kafka/cluster.ts';
import { freePort } from '../../tools/kafka/free-port.ts';
import { type SchemaRegistry, startRegistry } from '../../tools/kafka/registry.ts';
import { COUNTED_STEPS } from '../kafka/deadly-steps.ts';
import { createBrokerUnit } from './broker-unit.ts';
import type { ProgramName, Programs } from './programs.ts';
import { createServiceUnit, type Dying } from './service-unit.ts';
import { COMMIT_STEPS } from './steps.ts';
import type { Unit } from './unit.ts';

/** `stack`: `npm start`. `processes`: five services on one data folder. `kafka`: the same five on brokers. */
export const TOPOLOGIES = ['stack', 'processes', 'kafka'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** The product in processes of its own. */
export interface System {
  /** Of the gateway. */
  readonly url: string;
  readonly units: readonly Unit[];
  readonly brokers: number;
  /** Resolves when all of it is ready: first the brokers, then those that ask them. */
  restore(): Promise<void>;
  /** Ends all of it and removes its data. */
  close(): Promise<void>;
}

/** Cores and free bytes that three brokers need beside the services: each takes 0.5 GB, and half a core while it starts. */
const CORES_FOR_THREE = 2;
const MEMORY_FOR_THREE = 4 * 1024 ** 3;
/** A dead broker is fenced after 3 s, not 9: schedules take seconds. */
const BROKER_PROPERTIES = ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'];

/** Resolves when all of it is ready. `tell` gets what the services say, and what happens to them by themselves. */
export async function startSystem(
  topology: Topology,
  programs: Programs,
  tell: (what: string) => void,
): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), `secure-chat-faults-${topology}-`));
  const kafka = topology === 'kafka' ? await startKafka() : null;
  // Thousands of new users come from this machine, and one schedule is seconds.
  const limits = { LIMITS: 'off' };
  const environment = { DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn', ...limits, ...kafka?.environment };
  const newUnit: NewUnit = (name, program, more, dying = null) =>
    createServiceUnit({
      name,
      program: programs.fileOf(program),
      environment: { ...environment, ...more },
      dying: dying && { ...dying, program: programs.fileOf(dying.program) },
      tell,
    });
  const PORT = String(await freePort());
  const units =
    topology === 'stack'
      ? [newUnit('stack', 'stack', { PORT }, atCommits('stack'))]
      : await services(newUnit, PORT);
  const brokers = kafka?.cluster.brokers.map((broker) => createBrokerUnit(broker, tell)) ?? [];
  const close = async (): Promise<void> => {
    for (const unit of [...units, ...brokers]) await unit.end();
    await Promise.all([kafka?.cluster.stop(), kafka?.registry.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  const restore = async (): Promise<void> => {
    await Promise.all(brokers.map((broker) => broker.restore()));
    await Promise.all(units.map((unit) => unit.restore()));
  };
  try {
    // One after the other: each asks those before it.
    for (const unit of units) await unit.restore();
  } catch (error) {
    await close();
    throw error;
  }
  return { url: urlOf(PORT), units: [...units, ...brokers], brokers: brokers.length, restore, close };
}

const urlOf = (port: string): string => `http://127.0.0.1:${port}`;

type NewUnit = (
  name: string,
  program: ProgramName,
  environment: Record<string, string>,
  dying?: (Omit<Dying, 'program'> & { readonly program: ProgramName }) | null,
) => Unit;

const DYING_RELAY = { program: 'dying-relay', environment: {}, steps: COUNTED_STEPS } as const;
const atCommits = (service: 'stack' | 'auth' | 'directory') =>
  ({ program: 'dying-at-commit', environment: { DIES_AS: service }, steps: COMMIT_STEPS }) as const;

/** In the order of who asks whom. */
async function services(newUnit: NewUnit, port: string): Promise<Unit[]> {
  const newPort = async (): Promise<string> => String(await freePort());
  const [auth, directory] = [await newPort(), await newPort()];
  const relays = [await newPort(), await newPort()];
  const urls = {
    AUTH_URL: urlOf(auth),
    DIRECTORY_URL: urlOf(directory),
    RELAY_URL: relays.map(urlOf).join(),
  };
  return [
    newUnit('auth', 'auth', { PORT: auth }, atCommits('auth')),
    newUnit('directory', 'directory', { PORT: directory }, atCommits('directory')),
    ...relays.map((relay, index) => newUnit(`relay ${index + 1}`, 'relay', { PORT: relay }, DYING_RELAY)),
    newUnit('gateway', 'gateway', { ...urls, PORT: port }),
  ];
}

interface RunningKafka {
  readonly cluster: KafkaCluster;
  readonly registry: SchemaRegistry;
  readonly environment: Record<string, string>;
}

/** Three brokers where the machine allows it, else one. */
async function startKafka(): Promise<RunningKafka> {
  const three = availableParallelism() >= CORES_FOR_THREE && freemem() >= MEMORY_FOR_THREE;
  const [cluster, registry] = await Promise.all([
    startCluster({ brokers: three ? 3 : 1, properties: BROKER_PROPERTIES }),
    startRegistry(),
  ]);
  const environment = {
    EVENT_LOG: 'kafka',
    KAFKA_BROKERS: cluster.bootstrap.map(({ host, port }) => `${host}:${port}`).join(),
    SCHEMA_REGISTRY_URL: registry.url,
  };
  return { cluster, registry, environment };
}
