import headless from '@xterm/headless';
import { expect, it } from 'vitest';
import { paletteColour, screenSvg } from './svg.ts';

const svgOf = async (written: string): Promise<string> => {
  const terminal = new headless.Terminal({ cols: 12, rows: 2, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(written, done));
  const svg = screenSvg(terminal, 'A <screen>');
  terminal.dispose();
  return svg;
};

it('a screen is a picture: each run of one look at its column, and nothing of the text is markup', async () => {
  const svg = await svgOf('a<b \x1b[1;31m&c\x1b[0m\r\n\x1b[7mx\x1b[0m\x1b[38;5;196my\x1b[38;2;1;2;3mz');
  expect(svg).toContain('<title>A &lt;screen&gt;</title>');
  expect(svg).toContain('>a&lt;b</text>');
  expect(svg).toMatch(/<text x="45.6"[^>]* fill="#e06c75" font-weight="bold">&amp;c<\/text>/);
  expect(svg).toMatch(/<rect x="12"[^>]* fill="#d7dae0"\/><text x="12"[^>]* fill="#16181d">x<\/text>/);
  expect(svg).toContain('fill="#ff0000">y<');
  expect(svg).toContain('fill="#010203">z<');
});

it('what follows a wide character stands in its column', async () => {
  const svg = await svgOf('日a');
  expect(svg).toMatch(/textLength="16.8"[^>]*>日<\/text><text x="28.8"[^>]*>a/);
});

it('the 256 colours are those of every terminal', () => {
  expect([16, 21, 231, 232, 255].map(paletteColour)).toEqual([
    '#000000',
    '#0000ff',
    '#ffffff',
    '#080808',
    '#eeeeee',
  ]);
});
