import { describe, expect, it } from 'vitest';
import { emoteOf, emoteText } from '../src/ui/emote.ts';
import { textRows } from '../src/ui/message-text.ts';

/** Rows as text in which roles other than `text` stand in brackets. */
const drawnAs = (text: string, cells = 40, first = cells): string[] =>
  textRows(text, cells, first).map((spans) =>
    spans.map((span) => (span.role === 'text' ? span.text : `[${span.role} ${span.text}]`)).join(''),
  );

describe('the text of a message', () => {
  it('has links, without what ends the sentence, and code between backticks', () => {
    expect(drawnAs('See https://a.example/x?y=1#z. Run `npm test`, then (http://b.example).', 80)).toEqual([
      'See [link https://a.example/x?y=1#z]. Run [code `npm test`], then ([link http://b.example]).',
    ]);
    expect(drawnAs('no link: ftp://x https:// and no code: ` or ``')).toEqual([
      'no link: ftp://x https:// and no code: `',
      'or ``',
    ]);
  });

  it('keeps a span of code together where it fits, and links over rows', () => {
    expect(drawnAs('then run `git rebase main` again', 20)).toEqual([
      'then run',
      '[code `git rebase main`]',
      'again',
    ]);
    expect(drawnAs('`a b c d e f g h i j k l m n`', 12)).toEqual([
      '[code `a b c d e f]',
      '[code g h i j k l]',
      '[code m n`]',
    ]);
    expect(drawnAs('at https://a.example/0123456789/0123456789 it is', 24)).toEqual([
      'at [link https://a.example/012]',
      '[link 3456789/0123456789] it is',
    ]);
  });

  it('has blocks of code, with their indentation and without the fences', () => {
    expect(drawnAs('look:\n```ts\nif (a) {\n  b();\n}\n```\nsee?')).toEqual([
      'look:',
      '[frame │ ][code if (a) {]',
      '[frame │ ][code   b();]',
      '[frame │ ][code }]',
      'see?',
    ]);
    expect(drawnAs('```\nhttps://a.example `x`\n```')).toEqual(['[frame │ ][code https://a.example `x`]']);
  });

  it('is as it was written where a block has no end, or nothing in it', () => {
    expect(drawnAs('```\nnever closed')).toEqual(['```', 'never closed']);
    expect(drawnAs('```\n```')).toEqual(['']);
  });

  it('gives its first row the width that is left there', () => {
    expect(drawnAs('one two three', 13, 7)).toEqual(['one two', 'three']);
    expect(drawnAs('```\none two three\n```', 15, 9)).toEqual([
      '[frame │ ][code one two]',
      '[frame │ ][code three]',
    ]);
  });
});

describe('an emote', () => {
  it('is a text that begins with /me, and says what one does', () => {
    expect(emoteOf('/me waves')).toBe('waves');
    expect(emoteOf(emoteText('waves'))).toBe('waves');
  });

  it.each(['/me', '/me ', '/mean', ' /me waves', 'x /me waves', '//me waves'])('is not %j', (text) => {
    expect(emoteOf(text)).toBeNull();
  });
});
