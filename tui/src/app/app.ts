import { checkPassword, checkUsername } from '@secure-chat/client/account-rules';
import {
  type ChatClient,
  createAccount,
  type Progress,
  profileExists,
  signIn,
} from '@secure-chat/client/chat-client';
import { startTimer } from '../terminal/keys.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Intent } from '../ui/intents.ts';
import type { Notice, SignInState } from '../ui/state.ts';
import { createUi } from '../ui/ui.ts';
import { type Chat, newAccount, openChat, sentenceOf, WELCOME } from './chat.ts';
import type { TuiOptions } from './options.ts';

export interface AppOptions extends TuiOptions {
  readonly terminal: Terminal;
  /** The person wants to leave: the client is closed already. */
  readonly onQuit: () => void;
  /** Ctrl-Z. */
  readonly onSuspend: () => void;
}

export interface App {
  /** Closes the client, keeps the session at the server. May be called again. */
  leave(): Promise<void>;
}

const PROGRESS: Readonly<Record<Progress, string>> = {
  unlocking: 'Unlocking the profile ...',
  'making keys': 'Making your keys. This takes a few seconds ...',
  registering: 'Registering ...',
  'signing in': 'Signing in ...',
};

/** Joins the UI with the client: the only place that knows both. */
export function startApp(options: AppOptions): App {
  const { server, profileOf, terminal, onQuit, onSuspend } = options;
  let client: ChatClient | null = null;
  let chat: Chat | null = null;
  let leaving = false;

  const ui = createUi({
    terminal,
    clock: { now: Date.now, startTimer },
    onIntent: (intent) => handle(intent),
    checks: { username: checkUsername, password: checkPassword },
  });

  const signInState = (username: string): SignInState => ({
    server,
    username,
    mode: username !== '' && profileExists(profileOf(username)) ? 'sign-in' : 'create-account',
    progress: null,
    error: null,
  });

  const enter = (open: typeof signIn, username: string, password: string, welcome: Notice): void => {
    const profile = profileOf(username);
    const onProgress = (step: Progress): void => ui.updateSignIn({ progress: PROGRESS[step], error: null });
    ui.updateSignIn({ progress: 'Connecting ...', error: null });
    open({ server, profile, username, password, onProgress }).then(
      async (opened) => {
        if (leaving) return opened.close();
        client = opened;
        chat = openChat(opened, welcome, (part) => ui.updateChat(part));
        ui.showChat(chat.state());
      },
      (error: unknown) => ui.updateSignIn({ progress: null, error: sentenceOf(error) }),
    );
  };

  const logout = async (): Promise<void> => {
    const username = client?.username ?? '';
    chat?.close();
    chat = null;
    ui.showSignIn({ ...signInState(username), progress: 'Signing out ...' });
    await client?.logout();
    client = null;
    ui.showSignIn(signInState(username));
  };

  const leave = async (): Promise<void> => {
    leaving = true;
    ui.close();
    chat?.close();
    await client?.close();
  };

  const handle = (intent: Intent): string | null => {
    switch (intent.kind) {
      case 'sign-in':
        enter(signIn, intent.username, intent.password, WELCOME);
        return null;
      case 'create-account':
        enter(createAccount, intent.username, intent.password, newAccount(profileOf(intent.username)));
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

  ui.showSignIn(signInState(options.username));
  return { leave };
}
