/** The part of neo-blessed that terminal.ts uses: the driver. */
declare module 'neo-blessed/lib/program.js' {
  import type { EventEmitter } from 'node:events';

  interface Program extends EventEmitter {
    readonly cols: number;
    readonly rows: number;
    has(capability: string): boolean;
    alternateBuffer(): void;
    normalBuffer(): void;
    hideCursor(): void;
    showCursor(): void;
    write(text: string): void;
    destroy(): void;
  }

  const createProgram: (options: {
    input: NodeJS.ReadableStream;
    output: NodeJS.WritableStream;
    term: string;
  }) => Program;

  // biome-ignore lint/style/noDefaultExport: a CommonJS module is its default export
  export default createProgram;
}
