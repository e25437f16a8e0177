import { checkUsername, USERNAME_RULE } from '@secure-chat/client/account-rules';
import type { RequestsMode } from '@secure-chat/client/contact-requests';
import { DEFAULT_SERVER, originOf } from '@secure-chat/command-line/account-options';
import type { Bindings } from '../keys/key-table.ts';
import type { NewsSignal } from '../terminal/signals.ts';

/** What a person may set in the file. Where the command line says it, too, that counts. */
export interface Settings {
  /** Origin of the gateway of accounts that are new here; null for the usual. */
  readonly server: string | null;
  /** A file with certificates of authorities, from the folder of this file; null for none. */
  readonly ca: string | null;
  /** Filled in on the sign-in screen. */
  readonly username: string | null;
  /** A name, or a path; null for the usual. */
  readonly theme: string | null;
  /** Without glyphs. */
  readonly ascii: boolean;
  /** Vim's modes. */
  readonly vim: boolean;
  readonly mouse: boolean;
  /** How news of a message is told that is not on the screen. */
  readonly notify: NewsSignal | 'none';
  /** What is done with people who write first. */
  readonly requests: RequestsMode;
  /** Whether the window's title says what is unread. */
  readonly title: boolean;
  /** A command; null for what the environment says. */
  readonly editor: string | null;
  /** Minutes; null for the usual. */
  readonly lockAfter: number | null;
  readonly keys: Partial<Bindings>;
}

/**
 * The bell is there on every terminal, through ssh, tmux and screen, and hands no name to a desktop that may show it on a locked
 * screen. The mouse is on for the wheel; Shift and F2 give it to the terminal.
 */
export const DEFAULTS: Settings = {
  server: null,
  ca: null,
  username: null,
  theme: null,
  ascii: false,
  vim: false,
  mouse: true,
  notify: 'bell',
  requests: 'hold',
  title: true,
  editor: null,
  lockAfter: null,
  keys: {},
};

const NOTIFY = ['osc9', 'osc777', 'bell', 'none'] as const;

/** Minutes: a day. Whoever wants longer means never. */
export const LOCK_AFTER_MAX = 1440;
export const LOCK_AFTER_RULE = `whole minutes from 1 to ${LOCK_AFTER_MAX}, or 0 for never`;

/** Characters of a command or a path. */
const TEXT_MAX = 4096;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= TEXT_MAX;
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

/** A setting of one value: what is right, as a check and in words. */
interface Rule<T> {
  readonly is: (value: unknown) => value is T;
  readonly rule: string;
}

const SWITCH: Rule<boolean> = { is: isBoolean, rule: 'true or false' };

/** All settings but the keys. */
export const RULES: {
  readonly [Name in Exclude<keyof Settings, 'keys'>]: Rule<NonNullable<Settings[Name]>>;
} = {
  server: {
    is: (value): value is string => isText(value) && originOf(value) !== null,
    rule: `an http(s) address such as ${DEFAULT_SERVER}`,
  },
  ca: { is: isText, rule: 'a path to a file with certificates, in PEM' },
  username: {
    is: (value): value is string => isText(value) && checkUsername(value) === null,
    rule: USERNAME_RULE,
  },
  theme: { is: isText, rule: 'the name of a theme, or a path to one' },
  ascii: SWITCH,
  vim: SWITCH,
  mouse: SWITCH,
  notify: {
    is: (value): value is NewsSignal | 'none' => NOTIFY.some((each) => each === value),
    rule: NOTIFY.map((each) => JSON.stringify(each))
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' or '),
  },
  requests: {
    is: (value): value is RequestsMode => value === 'hold' || value === 'accept',
    rule: '"hold" or "accept"',
  },
  title: SWITCH,
  editor: { is: isText, rule: 'a command, such as "vim" or "code --wait"' },
  lockAfter: {
    is: (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LOCK_AFTER_MAX,
    rule: LOCK_AFTER_RULE,
  },
};
