import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@secure-chat/event-log/event-log';
import { keyTopic, messageTopic } from '@secure-chat/wire/names';
import { type Child, startChild, textOf } from '../child-process.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { within } from '../within.ts';
import { RELAYS } from './scale.ts';

/** The system in processes apart: a gateway, relays, and one for the rest. */
export interface System {
  readonly gateway: ServerProcess;
  readonly relays: readonly ServerProcess[];
  close(): Promise<void>;
}

export async function startSystem(options: {
  readonly environment: Readonly<Record<string, string>>;
  readonly profileDir: string | null;
}): Promise<System> {
  const processes: Child[] = [];
  const started = <T extends Child>(child: T): T => {
    processes.push(child);
    return child;
  };
  const close = async (): Promise<void> => {
    for (const child of processes.toReversed()) await child.close();
  };
  try {
    const backstage = started(await startChild({ module: 'backstage', ...options }));
    const relays: ServerProcess[] = [];
    for (let number = 0; number < RELAYS; number++)
      relays.push(started(await startServer({ module: 'relay', ...options })));
    const environment = {
      ...options.environment,
      AUTH_URL: textOf(backstage.hello, 'auth'),
      DIRECTORY_URL: textOf(backstage.hello, 'directory'),
      RELAY_URL: relays.map(({ url }) => url).join(),
    };
    const gateway = started(await startServer({ module: 'gateway', ...options, environment }));
    return { gateway, relays, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Milliseconds until the topics of users who have just registered are there: Kafka makes 10,000 in a minute or two. */
const TOPICS_MS = 600_000;
const LOOK_MS = 200;

/** Resolves when relays have made the topics of all these users. */
export async function topicsOf(usernames: readonly string[], { mailboxes }: EventLog): Promise<void> {
  const exists = async (topic: string): Promise<void> => {
    for (;;) {
      const there = await mailboxes.head(topic).then(
        () => true,
        () => false,
      );
      if (there) return;
      await sleep(LOOK_MS);
    }
  };
  const all = async (): Promise<void> => {
    for (const username of usernames)
      await Promise.all([exists(messageTopic(username)), exists(keyTopic(username))]);
  };
  await within(TOPICS_MS, `topics are missing after ${TOPICS_MS} ms`, all());
}
