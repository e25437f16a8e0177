import { integer, type Settings } from '@secure-chat/service-kit/config';
import { CONNECTIONS_PER_ADDRESS_MAX } from '@secure-chat/service-kit/http-server';

/** Open connections, each user's stream and one or two for requests: 4,096 idle ones cost some 80 MB. */
const CONNECTIONS_MAX = 4_096;
/** What a machine can hold at the very most. */
const HIGHEST = 1_000_000;

export interface ConnectionConfig {
  readonly CONNECTIONS_MAX: number;
  /** Of these, those of one address. */
  readonly CONNECTIONS_PER_ADDRESS_MAX: number;
}

export const connectionSettings: Settings<ConnectionConfig> = {
  CONNECTIONS_MAX: integer(CONNECTIONS_MAX, 1, HIGHEST),
  CONNECTIONS_PER_ADDRESS_MAX: integer(CONNECTIONS_PER_ADDRESS_MAX, 1, HIGHEST),
};

export const CONNECTION_DEFAULTS: ConnectionConfig = { CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX };
