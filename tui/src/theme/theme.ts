import type { Style } from '../terminal/style.ts';
import type { Role } from './roles.ts';

/** What each role looks like. All lie on `text`; what a style does not say is as it is there. */
export type Theme = Readonly<Record<Role, Style>>;

/** Dark on light in every theme: it is for a camera. */
export const PICTURE: Style = { colour: 'black', background: 'bright-white' };
