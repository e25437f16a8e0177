/** What the event log says to whoever runs it: pino, for one, takes it. */
export interface Logger {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
