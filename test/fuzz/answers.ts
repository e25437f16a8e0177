/** An answer as it came. */
export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Empty for a stream, which is an answer as soon as it begins. */
  readonly text: string;
}

const HEAD_END = '\r\n\r\n';

export interface AnswerParser {
  /** The answers that are whole with these bytes. Throws an `Error` for what is no HTTP answer with a length. */
  push(bytes: Buffer): Answer[];
  /** Whether a part of an answer is left. */
  isWithin(): boolean;
}

/** Reads answers of one connection. `methods`: of the requests, in their order, since an answer to HEAD has no body. */
export function createAnswerParser(methods: readonly string[]): AnswerParser {
  let left = Buffer.alloc(0);
  let answered = 0;

  function next(): Answer | null {
    const end = left.indexOf(HEAD_END);
    if (end < 0) return null;
    const [statusLine = '', ...lines] = left.toString('latin1', 0, end).split('\r\n');
    const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine) ?? [];
    if (status === undefined) throw new Error(`no status line: ${JSON.stringify(statusLine.slice(0, 100))}`);
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const begin = end + HEAD_END.length;
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    const isInterim = status.startsWith('1');
    const isBare = isStream || isInterim || methods[answered] === 'HEAD';
    const length = isBare ? 0 : Number(headers.get('content-length') ?? Number.NaN);
    if (Number.isNaN(length)) throw new Error(`an answer ${status} without a length`);
    if (left.length < begin + length) return null;
    const text = left.toString('utf8', begin, begin + length);
    left = isStream ? Buffer.alloc(0) : left.subarray(begin + length);
    if (!isInterim) answered += 1;
    return { status: Number(status), headers, text };
  }

  return {
    push(bytes) {
      left = Buffer.concat([left, bytes]);
      const answers: Answer[] = [];
      for (let answer = next(); answer; answer = next()) if (answer.status >= 200) answers.push(answer);
      return answers;
    },
    isWithin: () => left.length > 0,
  };
}
