import type { Role } from '../theme/roles.ts';
import type { MessageState } from './state.ts';

/** How the state of an own message is said. No two marks are the same: a mark alone has to do in a narrow window. */
export interface StateLabel {
  readonly mark: string;
  readonly word: string;
  readonly role: Role;
}

const LABELS: Partial<Record<MessageState, StateLabel>> = {
  queued: { mark: '…', word: 'queued', role: 'queued' },
  sent: { mark: '✓', word: 'sent', role: 'sent' },
  delivered: { mark: '✓✓', word: 'delivered', role: 'delivered' },
  read: { mark: '✓✓✓', word: 'read', role: 'read' },
  failed: { mark: '✗', word: 'failed', role: 'failed' },
};

const WAITING: StateLabel = { mark: '…', word: 'waiting', role: 'queued' };

/** Null of what is not one's own. While one is not online, what is to be sent waits. */
export const labelOf = (state: MessageState, online: boolean): StateLabel | null =>
  state === 'queued' && !online ? WAITING : (LABELS[state] ?? null);
