import { setTimeout as sleep } from 'node:timers/promises';
import { type Spread, spreadOf } from '../arithmetic.ts';
import type { ClientsQuestion } from '../child/clients.ts';
import type { Child } from '../child-process.ts';
import { openTerminalProgram, type TerminalProgram } from './terminal-program.ts';

/** From a key to its character on the screen, in milliseconds. */
export interface Typing {
  readonly keys: number;
  readonly arrived: number;
  readonly arrivalsPerSecond: number;
  readonly glyphMs: Spread;
  /** While nothing arrives. */
  readonly quietGlyphMs: Spread;
  /** A program that writes the key and nothing else, while the same arrives at nobody. */
  readonly bareMs: Spread;
}

/** Nothing else on the screen has these. A line of them fits into the input. */
const GLYPHS = [...'αβγδεζηθικλμνξοπρστυφχψω'];
/** Deletes the line. */
const CTRL_U = '\x15';
/** Milliseconds between two keys: 600 a minute, and out of step with what arrives. */
const BETWEEN_MS = 53;

async function typeKeys(program: TerminalProgram, keys: number): Promise<number[]> {
  const samples: number[] = [];
  for (let turn = 0; turn < keys; turn += 1) {
    const glyph = GLYPHS[turn % GLYPHS.length] ?? '';
    await sleep(BETWEEN_MS);
    samples.push(await program.until(glyph, glyph));
    if (glyph === GLYPHS.at(-1)) program.type(CTRL_U);
  }
  program.type(CTRL_U);
  return samples;
}

export async function measureTyping(
  tui: TerminalProgram,
  {
    sender,
    from,
    to,
  }: { readonly sender: Child<ClientsQuestion>; readonly from: string; readonly to: string },
  { keys, arrivalsPerSecond }: { readonly keys: number; readonly arrivalsPerSecond: number },
): Promise<Typing> {
  const arrived = Math.ceil((keys * 2 * BETWEEN_MS * arrivalsPerSecond) / 1000);
  const quietGlyphMs = spreadOf(await typeKeys(tui, keys));
  const bare = openTerminalProgram({ args: ['--import', 'tsx', 'bench/src/child/echo.ts'] });
  try {
    await bare.until('ready');
    const sending = sender.ask({
      ask: 'send',
      pairs: [[from, to]],
      pace: { perSecond: arrivalsPerSecond, count: arrived },
    });
    // In turns of some keys each, while the same arrives.
    const glyphs: number[] = [];
    const bares: number[] = [];
    while (glyphs.length < keys) {
      const some = Math.min(GLYPHS.length, keys - glyphs.length);
      glyphs.push(...(await typeKeys(tui, some)));
      bares.push(...(await typeKeys(bare, some)));
    }
    await sending;
    return {
      keys,
      arrived,
      arrivalsPerSecond,
      glyphMs: spreadOf(glyphs),
      quietGlyphMs,
      bareMs: spreadOf(bares),
    };
  } finally {
    await bare.close();
  }
}
