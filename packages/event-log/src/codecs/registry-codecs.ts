import { RECORDS } from '@secure-chat/wire/events';
import avsc from 'avsc';
import { EventLogError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { createAvroCodec } from './avro-codec.ts';
import { createExpiringSet } from './expiring-set.ts';
import { createRecordCodecs, type RecordCodecs } from './record-codecs.ts';
import type { SchemaIds, Subject } from './schema-ids.ts';
import { createSchemaRegistry, type SchemaRegistry, type SchemaRegistryPlace } from './schema-registry.ts';
import { createSharedCalls } from './shared-calls.ts';

/** Milliseconds for which an id that is none of a subject's is not asked for again: a poisoned record is met often. */
const UNKNOWN_MS = 10_000;
/** Such ids remembered: some 100 bytes each. */
const UNKNOWN_MAX = 10_000;
/** Ids of a registry are positive and have 31 bits: it need not be asked for others. */
const ID_MAX = 0x7fff_ffff;

export interface RegistryCodecs {
  readonly codecs: RecordCodecs;
  /**
   * Registers every schema. Never rejects: what fails is logged, and registered when it is first needed. Takes 5 s at
   * most.
   */
  registerAll(): Promise<void>;
}

export interface RegistryCodecsOptions extends SchemaRegistryPlace {
  readonly logger: Logger;
}

/**
 * Codecs whose schemas have their ids from a schema registry, each of which is asked for once. While it does not answer,
 * records of known schemas are read and written; others throw `unavailable`.
 */
export function createRegistryCodecs({ logger, ...place }: RegistryCodecsOptions): RegistryCodecs {
  const ids = createRegistryIds(createSchemaRegistry(place));
  return {
    codecs: createRecordCodecs((kind) => createAvroCodec(kind, ids)),
    async registerAll() {
      const register = async (kind: (typeof RECORDS)[keyof typeof RECORDS]): Promise<void> => {
        const { subject } = kind;
        await ids
          .idOf(kind)
          .catch((error: unknown) => logger.warn({ err: error, subject }, 'a schema is not registered yet'));
      };
      await Promise.all(Object.values(RECORDS).map(register));
    },
  };
}

export interface RegistryIdsOptions {
  readonly now?: () => number;
  readonly unknownMax?: number;
}

/** Remembers a registry's answers. What it could not say is asked again. */
export function createRegistryIds(
  registry: SchemaRegistry,
  { now = Date.now, unknownMax = UNKNOWN_MAX }: RegistryIdsOptions = {},
): SchemaIds {
  const ours = new Map<string, number>();
  const unknown = createExpiringSet({ lifeMs: UNKNOWN_MS, max: unknownMax, now });
  const registering = createSharedCalls<number>();
  const finding = createSharedCalls<avsc.Type | null>();

  async function register(subject: Subject): Promise<number> {
    const name = subject.subject;
    const id = await registering(name, () => registry.register(subject));
    const known = ours.get(name) ?? id;
    if (known !== id)
      throw new EventLogError(
        'unavailable',
        `the schema registry gave ${name} the id ${known}, and now ${id}`,
      );
    ours.set(name, id);
    return id;
  }

  /**
   * A registry that has just started may answer before it has read its own data, and then knows no id. A record that is set
   * aside for that would be lost: so it has to know our own schema of the subject first, and is asked again.
   */
  async function find(subject: Subject, id: number): Promise<avsc.Type | null> {
    const schema = await registry.find(subject, id);
    if (schema !== null) return schema;
    await register(subject);
    return registry.find(subject, id);
  }

  return {
    async idOf(subject) {
      return ours.get(subject.subject) ?? register(subject);
    },
    async schemaOf(subject, id) {
      if (ours.get(subject.subject) === id) return avsc.Type.forSchema(subject.schema);
      const asked = `${subject.subject} ${id}`;
      if (id < 1 || id > ID_MAX || unknown.has(asked)) return null;
      const schema = await finding(asked, () => find(subject, id));
      if (schema === null) unknown.add(asked);
      return schema;
    },
  };
}
