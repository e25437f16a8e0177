/** Systems, as people call them. */
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** What the list of a user's sessions calls a program of ours: which one, on what system; nothing of the person or the machine. */
export const clientLabel = (program: string, platform: string = process.platform): string =>
  `secure-chat ${program} on ${SYSTEMS[platform] ?? platform}`;
