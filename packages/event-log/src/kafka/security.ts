import type { ConnectionOptions } from 'node:tls';
import type { KafkaConfig, SASLOptions } from 'kafkajs';

/** PEM, all of it. */
export interface KafkaTls {
  /** Of the authorities that vouch for the brokers; null for those that the system knows. */
  readonly ca: string | null;
  /** A certificate of ours, where the brokers want one. */
  readonly pair: { readonly cert: string; readonly key: string } | null;
}

export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** How brokers are spoken with. */
export interface KafkaSecurity {
  readonly tls: KafkaTls | null;
  readonly login: KafkaLogin | null;
}

export const NO_SECURITY: KafkaSecurity = { tls: null, login: null };

/** A broker has to show a certificate of its host name, whatever the environment says of that. */
export const tlsOptionsOf = ({ ca, pair }: KafkaTls): ConnectionOptions => ({
  minVersion: 'TLSv1.2',
  rejectUnauthorized: true,
  ...(ca !== null && { ca }),
  ...pair,
});

/**
 * Milliseconds before the end of a login (KIP-368) from which on kafkajs logs in again. Where a login lasts no longer than
 * that it never takes itself for logged in; its default is 10 s.
 */
const RENEW_MS = 1_000;

/** The same for kafkajs. */
export const kafkajsSecurityOf = ({
  tls,
  login,
}: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl' | 'reauthenticationThreshold'> => ({
  reauthenticationThreshold: RENEW_MS,
  ...(tls && { ssl: tlsOptionsOf(tls) }),
  ...(login && { sasl: kafkajsLoginOf(login) }),
});

/** Its type is one of three, and not one with three mechanisms. */
function kafkajsLoginOf({ mechanism, username, password }: KafkaLogin): SASLOptions {
  const who = { username, password };
  if (mechanism === 'plain') return { mechanism, ...who };
  return mechanism === 'scram-sha-256' ? { mechanism, ...who } : { mechanism, ...who };
}
