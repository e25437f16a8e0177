import type { Role } from '../theme/roles.ts';
import type { Contact } from './state.ts';

/** What a contact is doing, without colour and in one cell: writing, there, or away; or nothing that one takes notice of. */
export const presenceMark = ({ online, typing, blocked }: Contact): string =>
  blocked ? '⊘' : typing ? '…' : online ? '●' : '○';

export const presenceRole = ({ online, typing, blocked }: Contact): Role =>
  blocked ? 'blocked' : typing ? 'typing' : online ? 'online' : 'faint';
