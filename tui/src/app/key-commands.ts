import type { ChatClient } from '@secure-chat/client/chat-client';
import type { Intent } from '../ui/intents.ts';
import type { Notice } from '../ui/state.ts';
import type { Comparison } from './verification.ts';

/** What is done to keys, to what is kept, and to the profile. */
export type KeyIntent = Extract<
  Intent,
  {
    kind:
      | 'verify'
      | 'close-verification'
      | 'set-verified'
      | 'accept-identity'
      | 'renew-keys'
      | 'renew-identity'
      | 'set-timer'
      | 'delete-history'
      | 'export'
      | 'change-password'
      | 'delete-account'
      | 'clear-warnings';
  }
>;

export interface KeyCommandOptions {
  readonly client: ChatClient;
  readonly comparison: Comparison;
  readonly say: (kind: Notice['kind'], text: string) => void;
  /** Says what takes a while, then does what follows, or says why not. */
  readonly begin: <T>(doing: string, work: Promise<T>, done: (result: T) => void) => void;
  /** To the form that asked: it is done, or refused. */
  readonly answer: (isDone: boolean) => void;
  /** The contacts have changed, or the warnings. */
  readonly showContacts: () => void;
  readonly showWarnings: () => void;
  /** The account is deleted. */
  readonly onDeleted: () => void;
  /** A path as typed -> where it is. */
  readonly resolvePath: (path: string) => string;
}

const CHANGED = 'The password is changed. Older copies of this profile sign in no more.';
const CHANGED_HERE =
  'The password of this profile is changed. But the server is of an older version: older copies still sign in, with the old password.';

/** Does it at the client. Throws ClientError for what is refused at once. */
export const createKeyCommands = (options: KeyCommandOptions): ((intent: KeyIntent) => void) => {
  const { client, comparison, say, begin, answer, showContacts, showWarnings, onDeleted, resolvePath } =
    options;
  const inform = (text: string) => (): void => say('info', text);

  const acceptIdentity = (contact: string): void =>
    comparison.judge(contact, () => {
      client.acceptIdentity(contact);
      showContacts();
      comparison.refresh();
      say('info', `Messages to ${contact} are sent again, under the new key. It is not verified.`);
    });

  const exportTo = (file: string): void =>
    begin(
      `Writing ${file} ...`,
      client.exportProfile(file),
      inform(`Your whole profile is in ${file}. It opens with your password: keep both safe.`),
    );

  const answering = async <T>(work: Promise<T>): Promise<T> => {
    let isDone = false;
    try {
      const result = await work;
      isDone = true;
      return result;
    } finally {
      answer(isDone);
    }
  };

  return (intent) => {
    switch (intent.kind) {
      case 'verify':
        comparison.open(intent.contact);
        return;
      case 'close-verification':
        comparison.close();
        return;
      case 'set-verified':
        comparison.judge(intent.contact, () => {
          client.setVerified(intent.contact, intent.verified);
          showContacts();
        });
        return;
      case 'accept-identity':
        acceptIdentity(intent.contact);
        return;
      case 'renew-keys':
        client.renewKeys(intent.contact);
        say('info', `The next message to ${intent.contact} begins with new keys.`);
        return;
      case 'renew-identity':
        begin(
          'Taking a new identity ...',
          client.renewIdentity(),
          inform('You have a new identity. Compare it with your contacts: /verify.'),
        );
        return;
      case 'set-timer':
        client.setTimer(intent.contact, intent.seconds);
        showContacts();
        return;
      case 'delete-history':
        client.deleteHistory(intent.contact);
        return;
      case 'export':
        exportTo(resolvePath(intent.file));
        return;
      case 'change-password':
        begin(
          'Changing the password ...',
          answering(client.changePassword(intent.current, intent.next)),
          (replaced) => say(replaced ? 'info' : 'error', replaced ? CHANGED : CHANGED_HERE),
        );
        return;
      case 'delete-account':
        begin('Deleting the account ...', answering(client.deleteAccount(intent.password)), onDeleted);
        return;
      case 'clear-warnings':
        client.clearWarnings();
        showWarnings();
    }
  };
};
