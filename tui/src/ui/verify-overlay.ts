import type { OnIntent } from './intents.ts';
import { isKey, type Overlay } from './overlay.ts';
import type { Notice, Protection, Verification } from './state.ts';
import { drawVerify, verifyOffset } from './verify-view.ts';

export interface VerifyOptions {
  /** As it is when it is asked: it changes while the view is open. */
  readonly protection: () => Protection;
  readonly onIntent: OnIntent;
  readonly say: (kind: Notice['kind'], text: string) => void;
}

/** The keys that judge the number. */
const JUDGEMENT: Record<Protection, string> = {
  unknown: 'v mark as verified',
  legacy: 'v mark as verified',
  unverified: 'v mark as verified',
  verified: 'v twice: take it back',
  changed: 'a twice: accept the new key',
};

/** Of a changed key: accepting it takes the key twice. */
const ASK = (contact: string): string =>
  `Press a again to go on with the new key of ${contact}. It counts as not verified until you have compared it.`;

const ASK_BACK = (contact: string): string => `Press v again to take back that ${contact} is verified.`;

/** The view of a safety number: `v` marks it verified, `v` twice takes that back, `a` twice accepts a changed key, Esc closes. */
export const createVerifyOverlay = (
  verification: Verification,
  { protection, onIntent, say }: VerifyOptions,
): Overlay => {
  const { contact, number } = verification;
  let offset = 0;
  /** Of which key the second press is asked for: nothing else was pressed since. */
  let asked: 'a' | 'v' | null = null;

  const tell = (intent: Parameters<OnIntent>[0]): void => {
    const refusal = onIntent(intent);
    if (refusal !== null) say('error', refusal);
  };

  const accept = (again: boolean): void => {
    if (protection() !== 'changed') return;
    if (again) tell({ kind: 'accept-identity', contact });
    else {
      asked = 'a';
      say('error', ASK(contact));
    }
  };

  const judge = (again: boolean): void => {
    const isVerified = protection() === 'verified';
    if (!isVerified || again) tell({ kind: 'set-verified', contact, verified: !isVerified });
    else {
      asked = 'v';
      say('error', ASK_BACK(contact));
    }
  };

  return {
    key: (event, area) => {
      const before = asked;
      asked = null;
      const scroll = (rows: number): void => {
        offset = verifyOffset(verification, protection(), area, offset + rows);
      };
      const letter = event.kind === 'text' ? event.text.toLowerCase() : '';
      if (isKey(event, 'escape')) tell({ kind: 'close-verification' });
      else if (isKey(event, 'page-up')) scroll(2 - area.height);
      else if (isKey(event, 'page-down')) scroll(area.height - 2);
      // A number that is not on the screen yet cannot have been compared.
      else if (number && letter === 'v') judge(before === 'v');
      else if (number && letter === 'a') accept(before === 'a');
    },
    draw: (grid, area) => {
      drawVerify(grid, area, verification, protection(), offset);
      return null;
    },
    keys: () => (number ? `${JUDGEMENT[protection()]} · Esc close` : 'Esc close'),
  };
};
