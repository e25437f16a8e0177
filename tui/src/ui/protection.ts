import type { Role } from '../theme/roles.ts';
import type { Protection } from './state.ts';

/** How a protection is said. */
export interface ProtectionLabel {
  /** In words; empty where nothing is known. */
  readonly text: string;
  /** The same where there is little room. */
  readonly short: string;
  /** In one cell; a blank where the words say nothing that one has to know at a glance. */
  readonly mark: string;
  readonly role: Role;
}

export const LEGACY = 'legacy, unauthenticated';

export const PROTECTION_LABELS: Readonly<Record<Protection, ProtectionLabel>> = {
  unknown: { text: '', short: '', mark: ' ', role: 'faint' },
  legacy: { text: LEGACY, short: 'legacy', mark: '~', role: 'legacy' },
  unverified: { text: 'not verified', short: 'not verified', mark: ' ', role: 'faint' },
  verified: { text: 'verified', short: 'verified', mark: '✓', role: 'verified' },
  changed: { text: 'KEY CHANGED', short: 'KEY CHANGED', mark: '!', role: 'changed' },
};
