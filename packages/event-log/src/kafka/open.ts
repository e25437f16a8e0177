import type { Events } from '../events.ts';
import type { Mailboxes } from '../mailboxes.ts';
import { type BrokersOptions, createBrokers } from './brokers.ts';
import { createKafkaEvents } from './events.ts';
import { createKafkaMailboxes } from './mailboxes.ts';

/** The event log on Kafka. Connects when it is first asked for something: brokers that are not up yet delay it. */
export function openKafkaEventLog(options: BrokersOptions): {
  readonly events: Events;
  readonly mailboxes: Mailboxes;
  /** Closes both; what was accepted is durable, or refused, when it resolves. */
  close(): Promise<void>;
} {
  const brokers = createBrokers(options);
  const events = createKafkaEvents(brokers);
  const mailboxes = createKafkaMailboxes(brokers);
  return {
    events,
    mailboxes,
    async close() {
      await Promise.all([events.close(), mailboxes.close()]);
      await brokers.close();
    },
  };
}
