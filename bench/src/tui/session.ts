import type { ChatServerQuestion } from '../child/chat-server.ts';
import type { Child } from '../child-process.ts';
import { type LongProfile, NEWEST_MARK } from './profile.ts';
import { openTerminalProgram, PICTURE_END, type TerminalProgram } from './terminal-program.ts';

/** What `npm run tui` starts. */
export const TUI = ['tui/bin/tui.js'];

export const argumentsOf = ({ server, folder, username }: LongProfile): string[] => [
  ...TUI,
  '--server',
  server,
  '--profile',
  `${folder}/`,
  '--username',
  username,
  '--lock-after',
  '0',
];

export interface SignedIn {
  readonly tui: TerminalProgram;
  /** From Enter to the conversation on the screen: the password's cost, and signing in, included. */
  readonly openedMs: number;
}

/** The TUI with its conversation open, online. */
export async function signInTo(
  profile: LongProfile,
  server: Child<ChatServerQuestion>,
  profileDir: string | null,
): Promise<SignedIn> {
  const profiling = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const tui = openTerminalProgram({ args: [...profiling, ...argumentsOf(profile)] });
  await tui.until(PICTURE_END);
  const openedMs = await tui.until(NEWEST_MARK, `${profile.password}\r`);
  await server.ask({ ask: 'connected', username: profile.username });
  return { tui, openedMs };
}
