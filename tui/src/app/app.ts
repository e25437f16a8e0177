import { checkPassword, checkUsername } from '@secure-chat/client/account-rules';
import type { ChatClient, Progress } from '@secure-chat/client/chat-client';
import { DEFAULT_SERVER } from '@secure-chat/command-line/account-options';
import { bindingsWith } from '../keys/key-table.ts';
import { startTimer } from '../terminal/keys.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Intent } from '../ui/intents.ts';
import type { Notice, SignInState } from '../ui/state.ts';
import { createTimes } from '../ui/times.ts';
import { type Clock, createUi } from '../ui/ui.ts';
import { ACCOUNTS, type Accounts } from './accounts.ts';
import { type Chat, newAccount, openChat, WELCOME } from './chat.ts';
import { createIdleLock } from './idle-lock.ts';
import type { TuiOptions } from './options.ts';
import { sentenceOf } from './sentence.ts';

export interface AppOptions extends Omit<TuiOptions, 'theme' | 'ascii'> {
  readonly terminal: Terminal;
  /** What is wrong with what the person has set, sentences: said once, and nothing stops for it. */
  readonly problems?: readonly string[];
  /** The person wants to leave: the client is closed already. */
  readonly onQuit: () => void;
  /** Ctrl-Z. */
  readonly onSuspend: () => void;
}

/** What a test puts in place of the world. */
export interface Conditions {
  readonly accounts: Accounts;
  readonly clock: Clock;
}

const CONDITIONS: Conditions = { accounts: ACCOUNTS, clock: { now: Date.now, startTimer } };

export interface App {
  /** Closes the client, keeps the session at the server. May be called again. */
  leave(): Promise<void>;
}

const PROGRESS: Readonly<Record<Progress, string>> = {
  importing: 'Importing the profile ...',
  unlocking: 'Unlocking the profile ...',
  'making keys': 'Making your keys. This takes a few seconds ...',
  registering: 'Registering ...',
  'signing in': 'Signing in ...',
};

const LOCKED = 'Locked: the profile is closed, and opens with your password.';

/** Joins the UI with the client: the only place that knows both. */
export function startApp(options: AppOptions, { accounts, clock }: Conditions = CONDITIONS): App {
  const { terminal, importFile, resolvePath, problems = [], onQuit, onSuspend } = options;
  const times = createTimes();
  let client: ChatClient | null = null;
  let chat: Chat | null = null;
  /** The user of the imported profile: it lies where `--username` or `--profile` say, whatever its name. */
  let imported: { username: string; profile: string } | null = null;
  let leaving = false;

  // Before the UI: the key that comes too late finds the form that waits.
  const idle = createIdleLock({ clock, afterMs: options.lockAfterMs, onIdle: () => void lock() });
  const forgetKeys = terminal.onKey(idle.touch);

  const ui = createUi({
    terminal,
    clock,
    times,
    keys: bindingsWith({}),
    vim: false,
    onIntent: (intent) => handle(intent),
    checks: { username: checkUsername, password: checkPassword },
  });

  const profileOf = (username: string): string =>
    imported?.username.toLowerCase() === username.toLowerCase()
      ? imported.profile
      : options.profileOf(username);

  const signInState = (username: string, reason: string | null = null): SignInState => ({
    server: options.server ?? DEFAULT_SERVER,
    username,
    mode: username !== '' && accounts.profileExists(profileOf(username)) ? 'sign-in' : 'create-account',
    reason,
    progress: null,
    error: null,
  });

  const onProgress = (step: Progress): void => ui.updateSignIn({ progress: PROGRESS[step], error: null });
  const fail = (error: unknown): void => ui.updateSignIn({ progress: null, error: sentenceOf(error) });

  const enter = (open: () => Promise<ChatClient>, welcome: Notice): Promise<void> => {
    ui.updateSignIn({ progress: 'Connecting ...', error: null });
    return open().then(async (opened) => {
      if (leaving) return opened.close();
      client = opened;
      chat = openChat({
        client: opened,
        welcome,
        show: (part) => ui.updateChat(part),
        resolvePath,
        clock,
        times,
      });
      ui.showChat(chat.state());
      idle.start();
    }, fail);
  };

  const signIn = (username: string, password: string, welcome: Notice): Promise<void> => {
    const { server } = options;
    const profile = profileOf(username);
    return enter(() => accounts.signIn({ server, profile, username, password, onProgress }), welcome);
  };

  const createAccount = (username: string, password: string): Promise<void> => {
    const server = options.server ?? DEFAULT_SERVER;
    const profile = profileOf(username);
    const make = () => accounts.createAccount({ server, profile, username, password, onProgress });
    return enter(make, newAccount(profile));
  };

  /** Imports, then signs in: the user name is in the file. */
  const importFrom = (file: string, password: string): void => {
    const profile = options.profileOf(options.username);
    onProgress('importing');
    accounts.importProfile({ file, profile, password, onProgress }).then(({ username }) => {
      if (leaving) return;
      imported = { username, profile };
      ui.showSignIn(signInState(username));
      return signIn(username, password, newAccount(profile));
    }, fail);
  };

  /** Back to the form, as soon as the client has ended. */
  const signOut = async (
    doing: string,
    end: (client: ChatClient) => Promise<void>,
    reason: string | null,
  ): Promise<void> => {
    if (!client || !chat) return;
    const ending = client;
    idle.stop();
    chat.close();
    chat = null;
    ui.showSignIn({ ...signInState(ending.username), progress: doing });
    await end(ending);
    client = null;
    ui.showSignIn(signInState(ending.username, reason));
  };
  const logout = () => signOut('Signing out ...', (ending) => ending.logout(), null);
  const lock = () => signOut('Locking ...', (ending) => ending.close(), LOCKED);

  const leave = async (): Promise<void> => {
    leaving = true;
    idle.stop();
    forgetKeys();
    ui.close();
    chat?.close();
    await client?.close();
  };

  const handle = (intent: Intent): string | null => {
    switch (intent.kind) {
      case 'sign-in':
        void signIn(intent.username, intent.password, WELCOME);
        return null;
      case 'create-account':
        void createAccount(intent.username, intent.password);
        return null;
      case 'import':
        if (importFile !== null) importFrom(importFile, intent.password);
        return null;
      case 'lock':
        void lock();
        return null;
      case 'logout':
        void logout();
        return null;
      case 'quit':
        void leave().then(onQuit);
        return null;
      case 'suspend':
        onSuspend();
        return null;
      default:
        return chat?.handle(intent) ?? null;
    }
  };

  ui.showSignIn(
    importFile === null
      ? signInState(options.username)
      : {
          ...signInState(
            options.username,
            `The profile in ${importFile} will be imported, with its history.`,
          ),
          mode: 'import',
        },
  );
  if (problems.length > 0) ui.updateSignIn({ error: problems.join('\n') });
  // Behind the first picture of the form, which has asked for its turn already.
  setImmediate(accounts.prepare);
  return { leave };
}
