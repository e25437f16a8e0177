export { MARKS_MAX, sanitise } from '@secure-chat/terminal-text/sanitise';
