import { describe, expect, it } from 'vitest';
import { lineOf } from '../src/ui/line-editor.ts';
import { createForm } from '../src/ui/sign-in-form.ts';
import { drawSignIn } from '../src/ui/sign-in-view.ts';
import type { SignInState } from '../src/ui/state.ts';
import { STRANGER, signInState } from './chat-fixture.ts';
import { drawing, drawn } from './screen.ts';

const show = (width: number, height: number, state: SignInState, password = '') => {
  const form = createForm(state);
  const filled = { ...form, lines: { ...form.lines, password: lineOf(password) } };
  return drawn(width, height, (grid) => drawSignIn(grid, filled, state, (name) => `~/accounts/${name}`));
};

describe('sign-in view', () => {
  it('draws the form at 80x24, the password as dots', () => {
    const { lines, cursor } = show(80, 24, signInState(), 'hunter22');
    expect(lines).toEqual(
      drawing(`




               Sign in
               on http://127.0.0.1:8000

                 User name [alice                               ]
               ▸ Password  [••••••••                            ]


               Your keys and history on this machine open with your password.











               Enter go on · F2 new account · ^C quit
`),
    );
    expect(cursor).toEqual({ x: 36, y: 8 });
  });

  it('draws the making of an account at 120x40, and waits without a cursor', () => {
    const { lines, cursor } = show(120, 40, signInState({ mode: 'create-account', progress: 'making keys' }));
    expect(lines).toEqual(
      drawing(`










                                   Create an account

                                     Server    [http://127.0.0.1:8000               ]
                                     User name [alice                               ]
                                     Password  [                                    ]
                                     Repeat    [                                    ]

                                   … making keys





















                                   ^C quit
`),
    );
    expect(cursor).toBeNull();
  });

  it('says what a new password has to be, in the smallest window too', () => {
    const { lines } = show(40, 10, signInState({ mode: 'create-account' }));
    expect(lines.slice(7, 9)).toEqual([
      '  The password: 8 characters or more.',
      '  Nobody can reset it: keep it well.',
    ]);
  });

  it('finds room for an error in the smallest window', () => {
    const error = 'This name is taken: choose another one, or sign in if it is yours.';
    expect(show(40, 10, signInState({ mode: 'create-account', error })).lines).toEqual(
      drawing(`
  Create an account

    Server    [http://127.0.0.1:8000 ]
    User name [alice                 ]
  ▸ Password  [                      ]
    Repeat    [                      ]

  ! This name is taken: choose another
  one, or sign in if it is yours.
  Enter go on · F2 sign in · ^C quit
`),
    );
  });

  it('finds room for an invitation and what is said of it in the smallest window', () => {
    const error = 'This server wants an invitation. Ask who runs it, and type the code.';
    const state = signInState({ mode: 'create-account', error });
    const form = { ...createForm(state), wantsInvite: true, focus: 'invite' as const };
    const { lines } = drawn(40, 10, (grid) => drawSignIn(grid, form, state, String));
    expect(lines).toEqual(
      drawing(`
  Create an account

    Server    [http://127.0.0.1:8000 ]
    User name [alice                 ]
    Password  [                      ]
    Repeat    [                      ]
  ▸ Invite    [                      ]
  ! This server wants an invitation.
  Ask who runs it, and type the code.
  Enter go on · F2 sign in · ^C quit
`),
    );
  });

  it('draws the accounts to choose from, the part around the picked one where they are many', () => {
    const profiles = Array.from({ length: 20 }, (_, index) => `account-${index + 1}`);
    const state = signInState({ mode: 'choose', profiles });
    const form = { ...createForm(state), picked: 9 };
    const { lines, cursor } = drawn(44, 12, (grid) => drawSignIn(grid, form, state, String));
    expect(lines).toEqual(
      drawing(`
  Who are you?

    account-7
    account-8
    account-9
  ▸ account-10
    account-11
    account-12

  These accounts are on this machine: pick
  yours.
  ↑↓ Enter pick · F2 new account · ^C quit
`),
    );
    expect(cursor).toBeNull();
  });

  it('asks about a server for which nobody vouches, with all of its key in the smallest window, too', () => {
    const stranger = { ...STRANGER, server: `https://${'long.'.repeat(20)}example` };
    const { lines, cursor } = show(40, 10, signInState({ stranger }), 'hunter22');
    expect(lines).toEqual(
      drawing(`
  Is this your server?
  https://long.long.long.long.long.lon…
  Nobody that is known here vouches for
  it. Its operator can tell you its
  key:
  sha256: 0123 4567 89ab cdef 0123 4567
  89ab cdef 0123 4567 89ab cdef 0123
  4567 89ab cdef

  y that is its key · n no · ^C quit
`),
    );
    expect(cursor).toBeNull();
  });

  it('says when the window is too small', () => {
    expect(show(39, 9, signInState()).lines.join(' ')).toContain('The window is too small (39x9)');
  });
});
