/** A line as it is typed without being shown. */
export interface HiddenLine {
  /**
   * What was typed next. `done` at Enter; `cancelled` at Ctrl-C, and at Ctrl-D when nothing stands there. `rest`: what was typed
   * behind that.
   */
  type(text: string): { readonly state: 'typing' | 'done' | 'cancelled'; readonly rest: string };
  text(): string;
}

const ENTER = /[\r\n]/;
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const ERASE = /[\b\x7f]/;

export function createHiddenLine(): HiddenLine {
  const typed: string[] = [];
  return {
    type(text) {
      let at = 0;
      for (const character of text) {
        at += character.length;
        if (ENTER.test(character)) return { state: 'done', rest: text.slice(at) };
        if (character === CTRL_C || (character === CTRL_D && typed.length === 0))
          return { state: 'cancelled', rest: text.slice(at) };
        if (ERASE.test(character)) typed.pop();
        else if (character === CTRL_U) typed.length = 0;
        else if (character >= ' ') typed.push(character);
      }
      return { state: 'typing', rest: '' };
    },
    text: () => typed.join(''),
  };
}
