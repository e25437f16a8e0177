import { setTimeout as sleep } from 'node:timers/promises';
import avsc from 'avsc';
import { Agent, fetch } from 'undici';
import { EventLogError } from '../errors.ts';
import type { Subject } from './schema-ids.ts';

/** Milliseconds for one attempt, all its requests together: a registry answers in some 10 ms. */
const ATTEMPT_MS = 2_000;
/** One more attempt after a failure, a little later: together less than the 5 s after which a v1 client gives up. */
const ATTEMPTS = 2;
const PAUSE_MS = 100;

/** Levels at which the registry refuses a schema that cannot read what the last one wrote. */
const KEEPS_BACKWARD: readonly unknown[] = ['BACKWARD', 'BACKWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE'];

/** A schema registry. Both methods throw `unavailable`: when it does not answer, answers nonsense, or refuses. */
export interface SchemaRegistry {
  /** Registers our schema where it is not registered yet, BACKWARD compatibility asked for. Resolves to its id. */
  register(subject: Subject): Promise<number>;
  /** The schema of an id; null when it is no version of the subject, or none that Avro can read. */
  find(subject: Subject, id: number): Promise<avsc.Type | null>;
}

export interface SchemaRegistryPlace {
  /** Of Confluent's API: `http(s)://host:port` and the path before `/subjects`. */
  readonly url: string;
  /** PEM: of the authorities that vouch for it over https; those that the system knows when absent. */
  readonly ca?: string;
  readonly login?: { readonly username: string; readonly password: string };
}

export interface SchemaRegistryOptions extends SchemaRegistryPlace {
  readonly attemptMs?: number;
}

/**
 * Confluent's API, as Confluent and Apicurio (`/apis/ccompat/v7`) offer it: five requests. Not through the client
 * @kafkajs/confluent-schema-registry 3.9.0: an error answer with the body `null` ends the process there (a rejection
 * that nobody can handle), an answer that breaks off is waited for without end, it cannot tell which subjects an id
 * belongs to, and it sets the compatibility after the schema: in between Apicurio says `NONE`, over which the client of
 * another process gives up. What is written here it reads, and the reverse.
 */
export function createSchemaRegistry({
  attemptMs = ATTEMPT_MS,
  ...place
}: SchemaRegistryOptions): SchemaRegistry {
  const ask = createAsk(place);

  return {
    register: ({ subject, schema }) =>
      attempts(`register the schema of ${subject}`, attemptMs, async (signal) => {
        const name = encodeURIComponent(subject);
        const level = member(await ask(`/config/${name}`, { signal }), 'compatibilityLevel');
        // Who runs the registry may have chosen a stricter one. Set before the schema is there: it is never unguarded.
        if (!KEEPS_BACKWARD.includes(level))
          await ask(`/config/${name}`, { signal, method: 'PUT', json: { compatibility: 'BACKWARD' } });
        const json = { schema: JSON.stringify(schema) };
        const id = member(await ask(`/subjects/${name}/versions`, { signal, method: 'POST', json }), 'id');
        if (typeof id !== 'number' || !Number.isInteger(id) || id < 1) throw new TypeError('no id came');
        return id;
      }),
    find: ({ subject }, id) =>
      attempts(`find schema ${id}`, attemptMs, async (signal) => {
        const versions = await ask(`/schemas/ids/${id}/versions`, { signal });
        if (versions === undefined) return null;
        if (!Array.isArray(versions)) throw new TypeError('no list of versions came');
        if (!versions.some((version) => member(version, 'subject') === subject)) return null;
        const schema = member(await ask(`/schemas/ids/${id}`, { signal }), 'schema');
        if (typeof schema !== 'string') throw new TypeError('no schema came');
        return parseSchema(schema);
      }),
  };
}

interface Question {
  readonly signal: AbortSignal;
  readonly method?: 'PUT' | 'POST';
  readonly json?: object;
}

function createAsk({ url, ca, login }: SchemaRegistryPlace) {
  const base = url.replace(/\/+$/, '');
  const connect = { rejectUnauthorized: true, ...(ca !== undefined && { ca }) };
  const dispatcher = new Agent({ connect });
  const authorization =
    login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;

  /** The JSON answer; undefined for what the registry does not have. */
  return async (path: string, { signal, method, json }: Question): Promise<unknown> => {
    const response = await fetch(base + path, {
      signal,
      dispatcher,
      // A login is for the place that the settings name.
      redirect: 'error',
      headers: { ...(json && JSON_TYPE), ...(authorization && { authorization }) },
      ...(method && { method }),
      ...(json && { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    const code = /"error_code"\s*:\s*(\d+)/.exec(text)?.[1] ?? '';
    // 40401, 40403, 40408: no such subject, schema, setting. Any other 404 comes from something that is no registry.
    if (response.status === 404 && /^404\d\d$/.test(code)) return undefined;
    throw new Refusal(response.status, text);
  };
}

const JSON_TYPE = { 'content-type': 'application/vnd.schemaregistry.v1+json' };

/** Characters of an answer that are worth a place in the log. */
const EXCERPT = 300;

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(`${status} ${text.slice(0, EXCERPT)}`);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** Null for a schema in another language, or one that refers to others: nothing of ours is written so. */
function parseSchema(schema: string): avsc.Type | null {
  try {
    return avsc.Type.forSchema(JSON.parse(schema));
  } catch {
    return null;
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/**
 * Throws `unavailable` when no attempt succeeds. A refusal is tried again, too: Apicurio answers 409 to processes that do
 * the same at the same moment, as they do when all are started together.
 */
async function attempts<T>(
  what: string,
  attemptMs: number,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let left = ATTEMPTS - 1; ; left -= 1) {
    try {
      return await attempt(AbortSignal.timeout(attemptMs));
    } catch (error) {
      if (left > 0) {
        await sleep(PAUSE_MS);
        continue;
      }
      const outcome = error instanceof Refusal && error.status < 500 ? 'refuses to' : 'cannot';
      const message = `the schema registry ${outcome} ${what}: ${whyOf(error)}`;
      throw new EventLogError('unavailable', message, { cause: error });
    }
  }
}

/** Fetch says that it failed; why is inside. */
const whyOf = (error: unknown): string =>
  String(error instanceof TypeError && error.cause instanceof Error ? error.cause : error);
