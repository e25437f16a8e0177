import type { Style } from '../terminal/style.ts';
import type { Protection } from './state.ts';

/** How a protection is said. */
export interface ProtectionLabel {
  /** In words; empty where nothing is known. */
  readonly text: string;
  /** The same where there is little room. */
  readonly short: string;
  /** In one cell; a blank where the words say nothing that one has to know at a glance. */
  readonly mark: string;
  readonly style: Style;
}

export const LEGACY = 'legacy, unauthenticated';

export const PROTECTION_LABELS: Readonly<Record<Protection, ProtectionLabel>> = {
  unknown: { text: '', short: '', mark: ' ', style: {} },
  legacy: { text: LEGACY, short: 'legacy', mark: '~', style: { colour: 'yellow' } },
  unverified: { text: 'not verified', short: 'not verified', mark: ' ', style: {} },
  verified: { text: 'verified', short: 'verified', mark: '✓', style: { colour: 'green' } },
  changed: { text: 'KEY CHANGED', short: 'KEY CHANGED', mark: '!', style: { colour: 'red', bold: true } },
};
