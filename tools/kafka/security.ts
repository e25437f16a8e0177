import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaConfig } from 'kafkajs';

/** A broker whose clients speak TLS and show who they are. Controllers speak plainly with each other. */
export interface ClusterSecurity {
  /** PEM: what vouches for the brokers, and for clients that show a certificate. */
  readonly authority: string;
  /** PEM: of the brokers; it has to name 127.0.0.1, as which they reach each other. */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Who may do everything, by PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512; the brokers themselves are this user, too. */
  readonly user: { readonly username: string; readonly password: string };
  /** Of a further listener, of the first broker alone: a client's certificate in place of a password. */
  readonly certificatePort?: number;
}

const MODULES = 'org.apache.kafka.common.security';
const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];

/** Lines of server.properties; `host` and `port` of the listener, `controllers` that of the controller. */
export function securityProperties(
  { user: { username, password }, certificatePort }: ClusterSecurity,
  {
    host,
    port,
    controllerPort,
  }: { readonly host: string; readonly port: number; readonly controllerPort: number },
): string[] {
  const open = [
    `SASL_SSL://${host}:${port}`,
    ...(certificatePort === undefined ? [] : [`CERTIFICATES://${host}:${certificatePort}`]),
  ];
  const plain = `username="${username}" password="${password}" user_${username}="${password}"`;
  return [
    `listeners=${[...open, `CONTROLLER://${host}:${controllerPort}`].join()}`,
    `advertised.listeners=${open.join()}`,
    'listener.security.protocol.map=SASL_SSL:SASL_SSL,CERTIFICATES:SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=SASL_SSL',
    'sasl.mechanism.inter.broker.protocol=PLAIN',
    `sasl.enabled.mechanisms=${['PLAIN', ...SCRAM].join()}`,
    `listener.name.sasl_ssl.plain.sasl.jaas.config=${MODULES}.plain.PlainLoginModule required ${plain};`,
    ...SCRAM.map((mechanism) => {
      const name = `listener.name.sasl_ssl.${mechanism.toLowerCase()}.sasl.jaas.config`;
      return `${name}=${MODULES}.scram.ScramLoginModule required;`;
    }),
    'ssl.keystore.type=PEM',
    'ssl.keystore.location=broker.pem',
    'ssl.truststore.type=PEM',
    'ssl.truststore.location=authority.pem',
    'listener.name.certificates.ssl.client.auth=required',
  ];
}

/** What those lines name. */
export async function writeSecurityFiles(
  { authority, certificate }: ClusterSecurity,
  folder: string,
): Promise<void> {
  await writeFile(join(folder, 'broker.pem'), certificate.key + certificate.cert, { mode: 0o600 });
  await writeFile(join(folder, 'authority.pem'), authority);
}

/** Users of SCRAM are in the metadata log: the tool that formats it puts the first ones there. */
export const scramArguments = ({ user: { username, password } }: ClusterSecurity): string[] =>
  SCRAM.flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${username},password=${password}]`]);

/** With what kafkajs speaks with these brokers. It is not logged in for the last `reauthenticationThreshold` ms of a login. */
export const securityOfClient = ({ authority, user }: ClusterSecurity) =>
  ({
    ssl: { ca: authority },
    sasl: { mechanism: 'plain', ...user },
    reauthenticationThreshold: 1_000,
  }) satisfies Partial<KafkaConfig>;
