/** The issue's aim: so many times its quiet value honest users' p99 may be while the server is attacked. */
export const RATIO_MAX = 3;
/** MiB: what the server may have at any time, and at the end more than at the beginning of an attack. */
export const RSS_MAX = 512;
export const RSS_MORE = 200;
/** Open descriptors more than before, when all attackers have gone. */
export const DESCRIPTORS_MORE = 16;
