import type { ChatClient, ConnectionState, ConversationStatus } from '@secure-chat/client/chat-client';
import type { Intent, Setting } from '../ui/intents.ts';
import type { Times } from '../ui/times.ts';

/** What says, or sets, how messages arrive. */
export type DeliveryIntent = Extract<Intent, { kind: 'status' | 'setting' }>;

export interface DeliveryCommandOptions {
  readonly client: ChatClient;
  readonly times: Times;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly inform: (text: string) => void;
  /** The states of messages may be others now. */
  readonly reload: () => void;
}

/** Does it at the client. Throws ClientError for what is refused. */
export const createDeliveryCommands = (
  options: DeliveryCommandOptions,
): ((intent: DeliveryIntent) => void) => {
  const { client, times, now, inform, reload } = options;
  return (intent) => {
    if (intent.kind === 'status') {
      inform(statusText(client.status(intent.contact), client.state(), times, now()));
      return;
    }
    const { setting, on } = intent;
    if (on !== null) {
      client.setSettings({ ...client.settings(), [setting]: on });
      reload();
    }
    inform(client.settings()[setting] ? SETTINGS[setting].on : SETTINGS[setting].off);
  };
};

const SETTINGS: Readonly<Record<Setting, { readonly on: string; readonly off: string }>> = {
  receipts: {
    on: 'Read receipts are on, both ways: contacts see what you have read, and you see what they have.',
    off: 'Read receipts are off, both ways: contacts do not see what you have read, nor you what they have.',
  },
  typing: {
    on: 'Typing notices are on, both ways: contacts see when you type, and you see when they do.',
    off: 'Typing notices are off, both ways: contacts do not see when you type, nor you when they do.',
  },
};

/** Sentences about a conversation. The connection is the last: where there is no room for it, the row below says it. */
function statusText(
  status: ConversationStatus,
  connection: ConnectionState,
  times: Times,
  now: number,
): string {
  const { queued, missing } = status;
  return [
    arrivedText(status, times, now),
    ...(queued > 0 ? [`Queued: ${queued} of yours.`] : []),
    ...(missing > 0 ? [`Missing: ${missing} of theirs.`] : []),
    connectionText(connection),
  ].join(' ');
}

function arrivedText(
  { completeAt, complete, queued, unconfirmed }: ConversationStatus,
  times: Times,
  now: number,
): string {
  if (complete) return `All of your messages ${queued > 0 ? 'that were sent ' : ''}have arrived.`;
  const open = unconfirmed > 0 ? ` ${unconfirmed} of yours are not confirmed.` : '';
  if (completeAt === null) return `Nothing is known yet of what has arrived.${open}`;
  const day = times.day(completeAt) === times.day(now) ? '' : ` on ${times.day(completeAt)}`;
  return `Complete up to your message of ${times.clock(completeAt)}${day}.${open}`;
}

function connectionText(connection: ConnectionState): string {
  if (connection.kind === 'offline') return `You are offline: ${connection.reason}`;
  return connection.kind === 'online' ? 'You are online.' : 'You are being connected.';
}
