/** The import rules of docs/architecture.md. `test/` folders may import what they test. */
/** Suites that every backend of the event log runs: test code that is exported. */
const CONTRACT_SUITES = '^packages/event-log/src/contract/';
/** Whatever a package has but its `test/`: configuration and scripts, too, run where the package runs. */
const SOURCE = '^(packages/[^/]+|services/[^/]+|gateway|tui|cli|examples/[^/]+)/(?!test/|node_modules/)';
const OURS = '^(packages|services|gateway|tui|cli|examples|bench|test|tools)/';
const E2EE = '^packages/crypto/src/e2ee/';
/** What of it is about what users publish. No private key of theirs, and no message, passes through these. */
const PUBLISHED = `${E2EE}(base64|bundle|byte-list|curve-keys|identity|key-log)\\.ts$`;

/** A package of ours may import only these others, and itself. */
const mayImport = (folder, allowed) => ({
  name: `${folder} imports only ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^${folder}/(?!test/)` },
  to: {
    path: OURS,
    pathNot: [folder, ...allowed].map((name) => `^${name}/`),
  },
});

const PLATFORM = ['packages/wire', 'packages/crypto', 'packages/event-log', 'packages/service-kit'];

module.exports = {
  forbidden: [
    mayImport('packages/wire', []),
    mayImport('packages/crypto', []),
    mayImport('packages/event-log', ['packages/wire']),
    mayImport('packages/service-kit', ['packages/wire', 'packages/crypto']),
    mayImport('packages/client', ['packages/wire', 'packages/crypto']),
    mayImport('services/auth', PLATFORM),
    mayImport('services/directory', PLATFORM),
    mayImport('services/relay', PLATFORM),
    mayImport('gateway', PLATFORM),
    mayImport('packages/stack', [...PLATFORM, 'services', 'gateway']),
    mayImport('packages/admin', [
      'packages/wire',
      'packages/event-log',
      'packages/service-kit',
      'packages/terminal-text',
      'services/auth',
    ]),
    mayImport('packages/terminal-text', []),
    mayImport('packages/command-line', ['packages/client']),
    mayImport('tui', ['packages/client', 'packages/command-line', 'packages/terminal-text']),
    mayImport('cli', ['packages/client', 'packages/command-line', 'packages/terminal-text']),
    mayImport('examples', ['packages/client']),
    {
      name: 'servers cannot read messages',
      comment:
        'No service, not the gateway, and nothing that they are made of imports the end-to-end encryption, by whatever way round; but for what users publish: bundles, and the log of keys.',
      severity: 'error',
      from: { path: '^(services|gateway|packages/(wire|event-log|service-kit|stack))/' },
      to: { path: E2EE, pathNot: PUBLISHED, reachable: true },
    },
    {
      name: 'the server side of crypto does not know e2ee',
      severity: 'error',
      from: { path: '^packages/crypto/(?!test/)', pathNot: E2EE },
      to: { path: E2EE },
    },
    {
      name: 'the UI knows neither network nor client',
      comment:
        'ui/ draws and decodes; app/ joins it with the client. Text is cleaned elsewhere, by what knows neither.',
      severity: 'error',
      from: { path: '^tui/src/(ui|terminal|theme|keys)/' },
      to: {
        path: [OURS, '^(node:)?(net|http|https|http2|tls|dgram|dns)(/|$)', '(^|/)node_modules/undici/'],
        pathNot: '^(tui/src/(ui|terminal|theme|keys)|packages/terminal-text)/',
      },
    },
    {
      name: 'the terminal does not know the UI',
      severity: 'error',
      from: { path: '^tui/src/terminal/' },
      to: { path: '^tui/src/ui/' },
    },
    {
      name: 'views know roles, and not what they look like',
      severity: 'error',
      from: { path: '^tui/src/ui/' },
      to: { path: ['^tui/src/theme/(?!roles\\.ts)', '^tui/src/terminal/style\\.ts'] },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'source does not import tests',
      severity: 'error',
      from: { path: SOURCE, pathNot: CONTRACT_SUITES },
      to: {
        path: [
          '^(packages|services)/[^/]+/test/',
          '^(gateway|tui|cli|examples/[^/]+|bench)/test/',
          '^test/',
          CONTRACT_SUITES,
        ],
      },
    },
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'dependencies are declared',
      severity: 'error',
      from: { path: SOURCE, pathNot: CONTRACT_SUITES },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts', '.json'],
    },
  },
};
