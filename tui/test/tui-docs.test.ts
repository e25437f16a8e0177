import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULES } from '../src/config/settings.ts';
import { docRows } from './key-docs.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/tui.md'), 'utf8');

describe('docs/tui.md', () => {
  it('has the table of keys as it is in the code', () => {
    expect(
      page
        .split('\n')
        .filter((line) => /^\| `[a-z-]+` \| (always|list|picked|insert|normal|chat) \|/.test(line)),
    ).toEqual(docRows());
  });

  it('names every setting', () => {
    for (const name of [...Object.keys(RULES), 'keys']) expect(page).toContain(`| \`${name}\` |`);
  });
});
