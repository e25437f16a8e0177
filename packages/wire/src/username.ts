import { Type } from 'typebox';
import { NAME_PATTERN } from './names.ts';

export const Username = Type.String({
  pattern: `^${NAME_PATTERN}$`,
  description:
    'Unique without regard to case. Device names of operating systems (con, nul, com1, ...) are refused.',
});
