import { type Bindings, keyRows } from '../keys/key-table.ts';
import { createKeymap } from '../keys/keymap.ts';
import { createGrid } from '../terminal/cells.ts';
import { escapeAnd, type KeyEvent } from '../terminal/key-events.ts';
import type { StartTimer } from '../terminal/keys.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { createChatScreen } from './chat-screen.ts';
import { forgetInput } from './input-box.ts';
import type { OnIntent } from './intents.ts';
import { forgetTexts } from './message-text.ts';
import type { Rows } from './rows-overlay.ts';
import type { Screen } from './screen.ts';
import type { AccountChecks } from './sign-in-form.ts';
import { createSignInScreen } from './sign-in-screen.ts';
import type { ChatState, SignInState } from './state.ts';
import type { Times } from './times.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  startTimer: StartTimer;
}

export interface UiOptions {
  terminal: Terminal;
  clock: Clock;
  onIntent: OnIntent;
  checks: AccountChecks;
  /** Where the account of this name lies, or will: for a person to read. */
  folderOf: (username: string) => string;
  times: Times;
  keys: Bindings;
  /** What `/config` shows. */
  config: Rows;
  /** Whether the mouse is ours at first. */
  mouse: boolean;
  /** Whether the terminal is to say when it is left. */
  focus: boolean;
  /** Vim's modes. */
  vim: boolean;
}

export interface Ui {
  /** Shows the form and nothing of a chat that was shown; empty but for the user name. Called again, what was typed is gone: for changes there is `updateSignIn`. */
  showSignIn(state: SignInState): void;
  /** Changes parts of what the form shows; what was typed stays. Nothing while another screen is shown. */
  updateSignIn(part: Partial<SignInState>): void;
  showChat(state: ChatState): void;
  /** Changes parts of what the chat shows; line, drafts and scroll stay. Nothing while another screen is shown. */
  updateChat(part: Partial<ChatState>): void;
  /** Puts a text into the chat's input. Nothing while another screen is shown. */
  write(text: string): void;
  /** Stops drawing and listening; the terminal stays the caller's to close. */
  close(): void;
}

/** Milliseconds between two looks at the clock while the screen counts seconds down. */
const TICK_MS = 1000;

/** The face: shows states, turns keys into intents. However many events a tick brings, the screen is painted once. */
export const createUi = ({
  terminal,
  clock,
  onIntent,
  checks,
  folderOf,
  times,
  keys,
  config,
  mouse,
  focus,
  vim,
}: UiOptions): Ui => {
  const keymap = createKeymap(keys);
  let screen: Screen | null = null;
  let signIn: ReturnType<typeof createSignInScreen> | null = null;
  let chat: ReturnType<typeof createChatScreen> | null = null;
  let counting = false;
  let cancelTick = (): void => {};
  let due: NodeJS.Immediate | null = null;
  let closed = false;
  let reports = { mouse, focus };
  terminal.report(reports);

  const draw = (): void => {
    due = null;
    const { width, height } = terminal.size();
    const grid = createGrid(width, height);
    const cursor = screen?.draw(grid) ?? null;
    terminal.draw(grid, cursor);
    cancelTick();
    if (counting) cancelTick = clock.startTimer(redraw, TICK_MS);
  };
  const redraw = (): void => {
    if (!closed) due ??= setImmediate(draw);
  };

  const press = (event: KeyEvent): void => {
    const modes = screen?.modes() ?? [];
    const pressed = keymap.press(modes, event);
    // Only what is written in the chat: over it, a key may judge what nobody meant to judge.
    const apart = pressed === null && modes.includes('chat') ? escapeAnd(event) : null;
    if (apart) apart.forEach(press);
    else if (pressed === null) screen?.key(event);
    else if (pressed === 'redraw') terminal.forget();
    else if (pressed === 'suspend') onIntent({ kind: 'suspend' });
    else if (pressed !== 'pending') screen?.act(pressed);
  };
  const forgetKeys = terminal.onKey((event) => {
    press(event);
    redraw();
  });
  const forgetMouse = terminal.onMouse((event) => {
    screen?.mouse?.(event);
    redraw();
  });
  const forgetResizes = terminal.onResize(redraw);

  return {
    showSignIn: (state) => {
      chat?.close();
      chat = null;
      counting = false;
      forgetTexts();
      forgetInput();
      signIn = createSignInScreen(state, { onIntent, checks, folderOf });
      screen = signIn;
      redraw();
    },
    updateSignIn: (part) => {
      signIn?.update(part);
      redraw();
    },
    showChat: (state) => {
      signIn = null;
      counting = state.connection.kind === 'offline';
      chat = createChatScreen(state, {
        onIntent,
        checkPassword: checks.password,
        times,
        now: clock.now,
        startTimer: clock.startTimer,
        redraw,
        size: terminal.size,
        toggleMouse: () => {
          reports = { ...reports, mouse: !reports.mouse };
          terminal.report(reports);
          return reports.mouse;
        },
        vim,
        keyRows: keyRows(keys, vim),
        configRows: config,
      });
      screen = chat;
      redraw();
    },
    updateChat: (part) => {
      chat?.update(part);
      if (chat && part.connection) counting = part.connection.kind === 'offline';
      redraw();
    },
    write: (text) => {
      chat?.write(text);
      redraw();
    },
    close: () => {
      closed = true;
      chat?.close();
      forgetKeys();
      forgetMouse();
      forgetResizes();
      cancelTick();
      if (due) clearImmediate(due);
    },
  };
};
