import { afterEach } from 'vitest';
import { type Bindings, bindingsWith } from '../src/keys/key-table.ts';
import { type Grid, gridLines } from '../src/terminal/cells.ts';
import type { Terminal } from '../src/terminal/terminal.ts';
import type { Intent } from '../src/ui/intents.ts';
import type { Rows } from '../src/ui/rows-overlay.ts';
import type { ChatState } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { createUi, type Ui } from '../src/ui/ui.ts';
import { chatState, NOW } from './chat-fixture.ts';
import { createFakeTty, type FakeTty } from './screen.ts';

/** A UI on a terminal in memory. */
export interface Stage {
  tty: FakeTty;
  ui: Ui;
  /** All but what is told of typing and of drafts. */
  intents: Intent[];
  /** To whom it was told, and whether it began or ended. */
  typing: (readonly [contact: string, typing: boolean])[];
  /** Of whom, and what stands there; and what it is to be of which message, if it is no message of its own. */
  drafts: (readonly [contact: string, text: string, kind?: 'reply' | 'edit', id?: number])[];
  draws: Grid[];
  /** The sentence with which the next intents are refused. */
  refuse(sentence: string | null): void;
  advance(ms: number): void;
  ticks: (() => void)[];
  /** The screen after what is due has been painted. */
  screen(): Promise<string[]>;
}

const stages: Stage[] = [];
afterEach(() => {
  for (const { ui, tty } of stages.splice(0)) {
    ui.close();
    tty.terminal.close();
  }
});

/** How a test's person has set the keys. */
export interface StageKeys {
  keys?: Bindings;
  vim?: boolean;
  mouse?: boolean;
  config?: Rows;
}

export const createStage = (
  size = { width: 80, height: 24 },
  { keys = bindingsWith({}), vim = false, mouse = true, config = [] }: StageKeys = {},
): Stage => {
  const tty = createFakeTty(size);
  const intents: Intent[] = [];
  const typing: Stage['typing'] = [];
  const drafts: Stage['drafts'] = [];
  const draws: Grid[] = [];
  const ticks: (() => void)[] = [];
  let refusal: string | null = null;
  let now = NOW;
  const terminal: Terminal = {
    ...tty.terminal,
    draw: (grid, cursor) => {
      draws.push(grid);
      tty.terminal.draw(grid, cursor);
    },
  };
  const startTimer = (run: () => void) => {
    ticks.push(run);
    return () => {
      const at = ticks.indexOf(run);
      if (at >= 0) ticks.splice(at, 1);
    };
  };
  const ui = createUi({
    terminal,
    clock: { now: () => now, startTimer },
    times: createTimes('UTC'),
    keys,
    mouse,
    focus: true,
    vim,
    config,
    folderOf: (username) => `~/accounts/${username}`,
    checks: {
      server: (text) => (text.startsWith('http') ? null : 'Choose another server.'),
      username: (text) => (text.startsWith('-') ? 'Choose another name.' : null),
      password: (text) => (text.length < 8 ? 'Choose a longer password.' : null),
      invite: (text) => (text.length > 64 ? 'Type a shorter code.' : null),
    },
    onIntent: (intent) => {
      if (intent.kind === 'typing') {
        typing.push([intent.contact, intent.typing]);
        return null;
      }
      if (intent.kind === 'draft') {
        const { text, of } = intent.draft;
        drafts.push(of ? [intent.contact, text, of.kind, of.id] : [intent.contact, text]);
        return null;
      }
      intents.push(intent);
      return refusal;
    },
  });
  const stage: Stage = {
    tty,
    ui,
    intents,
    typing,
    drafts,
    draws,
    ticks,
    refuse: (sentence) => {
      refusal = sentence;
    },
    advance: (ms) => {
      now += ms;
    },
    screen: async () => {
      await new Promise(setImmediate);
      const last = draws.at(-1);
      return last ? gridLines(last) : [];
    },
  };
  stages.push(stage);
  return stage;
};

export const onChat = (
  part: Partial<ChatState> = {},
  size?: { width: number; height: number },
  keys?: StageKeys,
): Stage => {
  const stage = createStage(size, keys);
  stage.ui.showChat(chatState(part));
  return stage;
};
