import { createHash } from 'node:crypto';
import { findCoordinatorV6 } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';
import type { Address } from './dial.ts';
import { ERROR } from './error-codes.ts';
import type { Router } from './requests.ts';

/**
 * Consumer groups that hold the cursors, none with members. One would put every cursor on one broker; one a user costs a
 * request a user. The number must not change: cursors would be looked for where they are not.
 */
const GROUPS = 8;
const GROUP_KEY_TYPE = 0;

/** Which group holds a topic's cursor, and which broker coordinates it. The group's number stands for a node. */
export interface Coordinators extends Router {
  groupOf(topic: string): string;
}

export function createCoordinators(cluster: Cluster): Coordinators {
  const addresses = new Map<number, Address>();
  const numberOf = (topic: string): number =>
    createHash('sha1').update(topic).digest().readUInt32BE() % GROUPS;
  const nameOf = (group: number): string => `secure-chat-cursors-${group}`;

  function addressOf(group: number): Address {
    const address = addresses.get(group);
    if (!address) throw new Error(`no coordinator of group ${group} is known`);
    return address;
  }

  return {
    groupOf: (topic) => nameOf(numberOf(topic)),
    nodeOf(topic) {
      const group = numberOf(topic);
      return addresses.has(group) ? group : undefined;
    },
    async locate(topics) {
      const groups = [...new Set(topics.map(numberOf))];
      const answer = await cluster.askAny((connection) =>
        findCoordinatorV6.api.async(connection, GROUP_KEY_TYPE, groups.map(nameOf)),
      );
      for (const { key, host, port, errorCode } of answer.coordinators) {
        const group = groups.find((candidate) => nameOf(candidate) === key);
        // The first question ever makes the topic of the groups: until then there is no coordinator.
        if (group !== undefined && errorCode === ERROR.none) addresses.set(group, { host, port });
      }
      return new Set();
    },
    forget: (topic) => void addresses.delete(numberOf(topic)),
    linkTo: (group, requestMs) => cluster.linkAt(() => addressOf(group), requestMs),
  };
}
