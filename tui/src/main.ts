import { type App, startApp } from './app/app.ts';
import { chosenTheme } from './app/chosen-theme.ts';
import { crashLogFile, logCrash } from './app/crash-log.ts';
import { createExternalEditor } from './app/external-editor.ts';
import { parseOptions } from './app/options.ts';
import { loadConfig } from './config/config-file.ts';
import { createTerminal } from './terminal/terminal.ts';
import { restoreOnEveryWayOut } from './terminal/ways-out.ts';
import { skinOf } from './theme/skin.ts';

const { stdin: input, stdout: output, stderr, env } = process;

function fail(problems: readonly string[]): never {
  stderr.write(`${problems.map((problem) => `secure-chat: ${problem}`).join('\n')}\n`);
  process.exit(1);
}

const parsed = parseOptions(process.argv.slice(2), { env, cwd: env.INIT_CWD ?? process.cwd() }, loadConfig);
if ('help' in parsed) {
  output.write(parsed.help);
  process.exit(0);
}
if ('errors' in parsed) fail([...parsed.errors, '--help lists the options.']);
if (!input.isTTY || !output.isTTY)
  fail(['the TUI needs a terminal for input and output. For pipes and scripts there is npm run chat.']);

const { options } = parsed;
const { theme, name: themeName, problems } = chosenTheme(options.theme, options.resolvePath);
const terminal = createTerminal({ input, output, env, skin: skinOf(env, { theme, ascii: options.ascii }) });
const editor = createExternalEditor({ terminal, env, command: options.settings.editor });
// Whatever ends the program, what was being written stays nowhere in the clear.
process.on('exit', editor.close);
let app: App | null = null;
const { suspend } = restoreOnEveryWayOut(terminal, {
  process,
  stderr,
  log: (error) => logCrash(crashLogFile(env), error, Date.now()),
  leave: async () => app?.leave(),
});
app = startApp({
  ...options,
  terminal,
  editor,
  themeName,
  problems: [...options.problems, ...problems],
  onQuit() {
    terminal.close();
    process.exit(0);
  },
  onSuspend: suspend,
});
