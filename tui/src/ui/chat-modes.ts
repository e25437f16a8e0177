import type { KeyMode } from '../keys/key-table.ts';
import { type ChatScreen, shownPalette } from './chat-view.ts';

/** May a person say something of the picked message by a single key? Not while they write. */
const isPicking = ({ picked, composing, help, line, vim }: ChatScreen): boolean =>
  picked !== null && !composing && help === null && (line.text === '' || vim === 'normal');

/** In which modes a key counts. */
export const chatModes = (screen: ChatScreen): readonly KeyMode[] => {
  const { overlay, vim, help } = screen;
  if (overlay) return overlay.act ? ['always', 'list'] : ['always'];
  const modes: KeyMode[] = ['always'];
  if (shownPalette(screen)) modes.push('list');
  if (isPicking(screen)) modes.push('picked');
  if (vim !== null && help === null) modes.push(vim);
  return [...modes, 'chat'];
};
