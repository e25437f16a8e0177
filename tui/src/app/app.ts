import { checkInvite, checkPassword, checkUsername } from '@secure-chat/client/account-rules';
import type { ChatClient } from '@secure-chat/client/chat-client';
import { originOf } from '@secure-chat/command-line/account-options';
import { bindingsWith } from '../keys/key-table.ts';
import { startTimer } from '../terminal/keys.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Intent } from '../ui/intents.ts';
import { createTimes } from '../ui/times.ts';
import { type Clock, createUi } from '../ui/ui.ts';
import { ACCOUNTS, type Accounts } from './accounts.ts';
import { createAttention } from './attention.ts';
import { type Chat, openChat } from './chat.ts';
import { configRows, problemLines } from './config-rows.ts';
import { type Arrival, createEntrance } from './entrance.ts';
import type { ExternalEditor } from './external-editor.ts';
import { createIdleLock } from './idle-lock.ts';
import type { TuiOptions } from './options.ts';
import { shortPath } from './short-path.ts';

export interface AppOptions extends Omit<TuiOptions, 'theme' | 'ascii'> {
  /** Of the theme that is drawn: what was wanted may not be there. */
  readonly themeName: string;
  readonly terminal: Terminal;
  readonly editor: ExternalEditor;
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

const MINUTE_MS = 60_000;

const SERVER_RULE =
  'The address of a server begins with http:// or https:// and has no path, as in http://127.0.0.1:8000.';

const LOCKED = 'Locked: the profile is closed, and opens with your password.';

/** Joins the UI with the client: the only place that knows both. */
export function startApp(options: AppOptions, { accounts, clock }: Conditions = CONDITIONS): App {
  const { terminal, resolvePath, problems, settings, editor, onQuit, onSuspend } = options;
  const times = createTimes();
  let client: ChatClient | null = null;
  let chat: Chat | null = null;
  let leaving = false;

  // Before the UI: the key that comes too late finds the form that waits.
  const idle = createIdleLock({ clock, afterMs: options.lockAfterMs, onIdle: () => void lock() });
  const forgetKeys = terminal.onKey(idle.touch);
  const forgetMouse = terminal.onMouse(idle.touch);
  const attention = createAttention({ terminal, settings, now: clock.now });

  const ui = createUi({
    terminal,
    clock,
    times,
    keys: bindingsWith(settings.keys),
    vim: settings.vim,
    mouse: settings.mouse,
    focus: settings.notify !== 'none',
    config: configRows(options.configFile, problems, settings, {
      theme: options.themeName,
      editor: editor.command,
      lockAfter: options.lockAfterMs / MINUTE_MS,
    }),
    onIntent: (intent) => handle(intent),
    checks: {
      server: (text) => (originOf(text) === null ? SERVER_RULE : null),
      username: checkUsername,
      password: checkPassword,
      invite: checkInvite,
    },
    folderOf: (username) => shortPath(options.profileOf(username)),
  });

  const onEntered = (opened: ChatClient, { notice, newcomer }: Arrival): void => {
    if (leaving) {
      void opened.close();
      return;
    }
    client = opened;
    chat = openChat({
      client: opened,
      welcome: notice,
      newcomer,
      show: (part) => {
        attention.update(part);
        ui.updateChat(part);
      },
      resolvePath,
      onEnded: (reason) => void signOut('Locking ...', (ending) => ending.close(), formSaying(reason)),
      onDeleted: () =>
        void signOut('Closing the profile ...', (ending) => ending.close(), entrance.askOfProfile),
      clock,
      times,
    });
    const state = chat.state();
    attention.update(state);
    ui.showChat(state);
    idle.start();
  };

  const entrance = createEntrance({ accounts, options, ui, onEntered });

  /** Back to the form, as soon as the client has ended; `showForm` shows it. */
  const signOut = async (
    doing: string,
    end: (client: ChatClient) => Promise<void>,
    showForm: (username: string) => void,
  ): Promise<void> => {
    if (!client || !chat) return;
    const ending = client;
    idle.stop();
    chat.close();
    chat = null;
    attention.forget();
    entrance.reopen(ending.username, { progress: doing });
    await end(ending);
    client = null;
    showForm(ending.username);
  };
  const formSaying =
    (reason: string | null) =>
    (username: string): void =>
      entrance.reopen(username, { reason });
  const logout = () => signOut('Signing out ...', (ending) => ending.logout(), formSaying(null));
  const lock = () => signOut('Locking ...', (ending) => ending.close(), formSaying(LOCKED));

  const leave = async (): Promise<void> => {
    leaving = true;
    idle.stop();
    forgetKeys();
    forgetMouse();
    attention.close();
    ui.close();
    chat?.close();
    await client?.close();
  };

  /** Nobody is idle who writes there: the profile stays open. */
  const writeOutside = async (text: string): Promise<void> => {
    idle.stop();
    const edited = await editor.edit(text);
    if (!chat) return;
    idle.start();
    if ('text' in edited) ui.write(edited.text);
    else ui.updateChat({ notice: { kind: 'error', text: edited.problem } });
  };

  const handle = (intent: Intent): string | null => {
    switch (intent.kind) {
      case 'sign-in':
      case 'create-account':
      case 'import':
      case 'check-server':
      case 'judge-server':
      case 'judge-profile':
        entrance.handle(intent);
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
      case 'write-outside':
        void writeOutside(intent.text);
        return null;
      case 'suspend':
        onSuspend();
        return null;
      default:
        return chat?.handle(intent) ?? null;
    }
  };

  entrance.open();
  if (problems.length > 0) ui.updateSignIn({ error: problemLines(problems).join('\n') });
  // Behind the first picture of the form, which has asked for its turn already.
  setImmediate(accounts.prepare);
  return { leave };
}
