import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { cellAt, type Grid } from '../src/terminal/cells.ts';
import { paint } from '../src/terminal/painter.ts';
import { skinOf } from '../src/theme/skin.ts';
import { drawChat } from '../src/ui/chat-view.ts';
import type { Protection, SafetyNumber } from '../src/ui/state.ts';
import { createTimes } from '../src/ui/times.ts';
import { createVerifyOverlay } from '../src/ui/verify-overlay.ts';
import { chatScreen, chatState, contact, NOW, NUMBER } from './chat-fixture.ts';
import { drawing, drawn } from './screen.ts';
import { onChat } from './stage.ts';

const OLD = '99999'.repeat(12);
const PAGE_DOWN = '\x1b[6~';
const PAGE_UP = '\x1b[5~';

const show = (
  width: number,
  height: number,
  protection: Protection,
  number: SafetyNumber | null = NUMBER,
) => {
  const state = chatState({ contacts: [contact('bob', { protection })] });
  const overlay = createVerifyOverlay(
    { contact: 'bob', number },
    { protection: () => protection, onIntent: () => null, say: () => {} },
  );
  return drawn(width, height, (grid) =>
    drawChat(grid, chatScreen(state, { overlay }), createTimes('UTC'), NOW),
  );
};

/** The modules of a code that is drawn at a place, true for dark. */
const modulesAt = (grid: Grid, left: number, top: number, size: number): boolean[][] =>
  Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => {
      const { text, look } = cellAt(grid, left + x, top + Math.floor(y / 2));
      expect(look).toBe('picture');
      return (y % 2 === 0 ? '▀█' : '▄█').includes(text);
    }),
  );

describe('the view of a safety number', () => {
  it('shows digits, words, a code and what to do at 80x24', () => {
    const { lines, cursor } = show(80, 24, 'unverified');
    expect(lines.map((line) => line.slice(0, 46).trimEnd())).toEqual(
      drawing(`
 Safety number with bob

 01234 56789 01234 56789
 01234 56789 01234 56789
 01234 56789 01234 56789

 word1 word2 word3 word4 word5 word6 word7
 word8 word9 word10 word11 word12 word13
 word14 word15 word16 word17 word18 word19

 Compare this with bob face to face or on the
 phone: digits, words or code. Press v when
 all of it is the same.









 ● online │ alice │ http://127.0.0.1:8000
 v mark as verified · Esc close
`),
    );
    expect(cursor).toBeNull();
  });

  it('draws the digits as a code with the light zone that scanners need', () => {
    const { data } = encode(NUMBER.digits, { ecc: 'M', border: 4 });
    expect(modulesAt(show(80, 24, 'unverified').grid, 47, 1, 33)).toEqual(data);
    expect(data.slice(0, 4).flat()).not.toContain(true);
  });

  it('draws the code dark on light, also where colours are not wanted', () => {
    const { grid } = show(80, 24, 'unverified');
    for (const env of [{ TERM: 'xterm-256color' }, { NO_COLOR: '1' }])
      expect(paint(null, grid, skinOf(env))).toContain('\x1b[0;30;107m');
  });

  it('shows both numbers of a changed key, and says that nothing is sent', () => {
    const { lines } = show(80, 24, 'changed', { ...NUMBER, before: OLD });
    expect(lines.map((line) => line.slice(0, 46).trimEnd())).toEqual(
      drawing(`
 Safety number with bob
 New number
 01234 56789 01234 56789
 01234 56789 01234 56789
 01234 56789 01234 56789

 word1 word2 word3 word4 word5 word6 word7
 word8 word9 word10 word11 word12 word13
 word14 word15 word16 word17 word18 word19

 Old number
 99999 99999 99999 99999
 99999 99999 99999 99999
 99999 99999 99999 99999

 The key of bob has changed: nothing is sent
 until you accept it. Compare the new number
 with bob, then press a twice.




 ● online │ alice │ http://127.0.0.1:8000
 a twice: accept the new key · Esc close
`),
    );
  });

  it('says of a verified contact how to take it back', () => {
    const text = show(80, 24, 'verified').lines.join('\n');
    expect(text).toContain('You have verified bob.');
    expect(text).toContain(' v twice: take it back · Esc close');
  });

  it('says that it asks, and takes no v, before the number is known', () => {
    const { lines } = show(80, 24, 'unverified', null);
    expect(lines[2]).toBe(' Asking for the key of bob ...');
    expect(lines[23]).toBe(' Esc close');
  });

  it('puts the code below the numbers where it does not fit beside them', () => {
    const { lines, grid } = show(60, 40, 'unverified');
    const top = lines.findIndex((line) => line.includes('█▀▀▀▀▀█')) - 2;
    expect(top).toBeGreaterThan(10);
    expect(modulesAt(grid, 1, top, 33)).toEqual(encode(NUMBER.digits, { ecc: 'M', border: 4 }).data);
  });

  it('does without the code in the smallest window, says so, and scrolls', async () => {
    const verification = { contact: 'bob', number: { ...NUMBER, before: OLD } };
    const contacts = [contact('bob', { protection: 'changed' })];
    const { tty, ui, screen } = onChat({ contacts }, { width: 40, height: 10 });
    ui.updateChat({ verification });
    const seen = new Set<string>();
    for (let page = 0; page < 8; page += 1) {
      for (const line of (await screen()).slice(1, 7)) seen.add(line.trim());
      tty.type(PAGE_DOWN);
    }
    const all = [...seen].join(' ');
    for (const part of [
      'New number',
      'Old number',
      'word19',
      'press a twice.',
      'Enlarge the window to see a QR',
    ])
      expect(all).toContain(part);
    for (let page = 0; page < 8; page += 1) tty.type(PAGE_UP);
    expect((await screen())[1]).toBe(' New number');
  });
});

describe('keys of the safety number', () => {
  const opened = (protection: Protection, before: string | null = null) => {
    const stage = onChat({ contacts: [contact('bob', { protection })] });
    stage.ui.updateChat({ verification: { contact: 'bob', number: { ...NUMBER, before } } });
    return stage;
  };
  const ACCEPT = { kind: 'accept-identity', contact: 'bob' };

  it('v marks as verified', () => {
    const { tty, intents } = opened('unverified');
    tty.type('v');
    expect(intents).toEqual([{ kind: 'set-verified', contact: 'bob', verified: true }]);
  });

  it('v takes that back when it is pressed twice, and nothing in between', async () => {
    const { tty, intents, screen } = opened('verified');
    tty.type('v');
    expect((await screen()).join(' ')).toContain('Press v again to take back that bob is verified.');
    tty.type('av');
    expect(intents).toEqual([]);
    tty.type('v');
    expect(intents).toEqual([{ kind: 'set-verified', contact: 'bob', verified: false }]);
  });

  it('a accepts a changed key when it is pressed twice, and nothing in between', async () => {
    const { tty, intents, screen } = opened('changed', OLD);
    tty.type('a');
    expect((await screen()).join(' ')).toContain('Press a again to go on with the new key of bob.');
    tty.type('xa');
    expect(intents).toEqual([]);
    tty.type('a');
    expect(intents).toEqual([ACCEPT]);
  });

  it('a means nothing where no key has changed', async () => {
    const { tty, intents, screen } = opened('verified');
    tty.type('aa');
    expect(intents).toEqual([]);
    expect((await screen()).join(' ')).not.toContain('Press a again');
  });

  it('a is asked for anew when the number on the screen is another', () => {
    const { tty, ui, intents } = opened('changed', OLD);
    tty.type('a');
    ui.updateChat({ verification: { contact: 'bob', number: { ...NUMBER, digits: OLD, before: OLD } } });
    tty.type('a');
    expect(intents).toEqual([]);
  });

  it('shows why the app refuses', async () => {
    const { tty, refuse, screen } = opened('unverified');
    refuse('Not now.');
    tty.type('v');
    expect((await screen()).join('\n')).toContain('! Not now.');
  });

  it('Esc closes it, and what was typed before is there', async () => {
    const { tty, ui, intents, screen } = onChat();
    tty.type('a draft');
    ui.updateChat({ verification: { contact: 'bob', number: NUMBER } });
    tty.type('\x1b[200~v\x1b[201~\x1b[27u');
    expect(intents).toEqual([{ kind: 'close-verification' }]);
    ui.updateChat({ verification: null });
    expect((await screen())[23]).toBe('> a draft');
  });

  it('takes the keys from the moment it is asked for: what is typed meanwhile verifies nobody', async () => {
    const { tty, ui, intents, screen } = onChat();
    ui.updateChat({ verification: { contact: 'bob', number: null } });
    tty.type('very');
    ui.updateChat({ verification: { contact: 'bob', number: NUMBER } });
    expect(intents).toEqual([]);
    expect((await screen())[0]).toContain('Safety number with bob');
  });

  it('quits and suspends over it, as everywhere', async () => {
    const { tty, intents } = opened('unverified');
    tty.type('\x1a\x03\x03');
    expect(intents).toEqual([{ kind: 'suspend' }, { kind: 'quit' }]);
  });
});
