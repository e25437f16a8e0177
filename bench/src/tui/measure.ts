import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { round } from '../arithmetic.ts';
import type { ChatServerQuestion } from '../child/chat-server.ts';
import type { ClientsQuestion } from '../child/clients.ts';
import { startChild, textOf } from '../child-process.ts';
import { type Machine, machine } from '../figures.ts';
import { usageOf } from '../kafka/process-usage.ts';
import type { MeasureOptions } from '../measure.ts';
import { changesPerSecond, measureTuiIdle, type TuiIdle } from './idle.ts';
import { makeLongProfile } from './profile.ts';
import { FULL_TUI, QUICK_TUI } from './scale.ts';
import { measureScrolling, type Scrolling } from './scrolling.ts';
import { measureSearching, type Searching } from './searching.ts';
import { signInTo } from './session.ts';
import { measureStart, type Start } from './start.ts';
import { measureTyping, type Typing } from './typing.ts';

/** MiB of the TUI's process, garbage that was not collected yet included. */
export interface TuiMemory {
  readonly signedIn: number;
  /** After so many messages were gone through. */
  readonly scrolled: number;
  /** After what arrived. */
  readonly arrived: number;
  /** With the index of the search. */
  readonly searched: number;
}

/** All that one run measured of the TUI in a pseudo-terminal. */
export interface TuiFigures {
  readonly setting: Machine & { readonly quick: boolean };
  readonly messages: number;
  readonly contacts: number;
  readonly loaded: number;
  readonly start: Start;
  /** From Enter behind the password to the conversation, milliseconds. */
  readonly openedMs: number;
  readonly scrolling: Scrolling;
  readonly typing: Typing;
  readonly searching: Searching;
  readonly idle: TuiIdle;
  readonly memory: TuiMemory;
}

const SENDER = 'bob';

/** Runs every measurement, one after another; its processes have ended when it settles. */
export async function measureTui({
  quick,
  profileDir,
  dataDir,
  progress,
}: MeasureOptions): Promise<TuiFigures> {
  const scale = quick ? QUICK_TUI : FULL_TUI;
  const setting = { ...machine(), quick };
  const folder = join(dataDir, 'tui');
  await mkdir(folder);
  const server = await startChild<ChatServerQuestion>({ module: 'chat-server', profileDir });
  const url = textOf(server.hello, 'url');
  const sender = await startChild<ClientsQuestion>({ module: 'clients', args: [url, folder], profileDir });
  try {
    progress(`a profile of ${scale.history} messages with ${scale.contacts} contacts`);
    const profile = await makeLongProfile(
      { server: url, folder: join(folder, 'alice'), contact: SENDER },
      scale,
    );
    await sender.ask({ ask: 'enter', usernames: [SENDER] });
    progress(`${scale.starts} starts`);
    const start = await measureStart(profile, scale.starts);
    const { tui, openedMs } = await signInTo(profile, server, profileDir);
    const mebibytes = async (): Promise<number> => round((await usageOf(tui.pid)).rss / 2 ** 20, 1);
    try {
      const signedIn = await mebibytes();
      progress(`${scale.loaded} messages, page by page`);
      const scrolling = await measureScrolling(tui, scale.loaded);
      const scrolled = await mebibytes();
      progress(`${scale.idleSeconds} s in which presence changes`);
      const presence = { ask: 'presence', reader: profile.username, of: profile.others } as const;
      await server.ask({ ...presence, perSecond: changesPerSecond(scale.contacts) });
      const idle = await measureTuiIdle(tui.pid, scale.idleSeconds, scale.contacts);
      await server.ask({ ...presence, perSecond: 0 });
      progress(`${scale.keys} keys while messages arrive`);
      const typing = await measureTyping(tui, { sender, from: SENDER, to: profile.username }, scale);
      const arrived = await mebibytes();
      progress(`${scale.searches} searches`);
      const searching = await measureSearching(tui, profile.texts, scale.searches);
      const searched = await mebibytes();
      return {
        setting,
        messages: scale.history,
        contacts: scale.contacts,
        loaded: scale.loaded,
        start,
        openedMs: round(openedMs, 1),
        scrolling,
        typing,
        searching,
        idle,
        memory: { signedIn, scrolled, arrived, searched },
      };
    } finally {
      await tui.close();
    }
  } finally {
    await sender.close();
    await server.close();
  }
}
