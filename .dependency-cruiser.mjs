/** Each layer: which others it may import. Nothing may import a higher row; see docs/architecture.md. */
const mayImport = {
  core: [],
  contract: ['core'],
  node: ['core', 'contract'],
  engine: ['core', 'contract', 'node'],
  studio: ['core', 'contract', 'node'],
  main: ['contract', 'node/processes'],
  cli: ['contract', 'core', 'node'],
  preload: ['contract'],
  renderer: ['core', 'contract'],
};

/** Each layer: which packages it may import besides Node's own modules. */
const mayUse = {
  core: [],
  contract: ['zod', '@orpc/contract', '@orpc/client'],
  node: ['sharp', 'zod', 'hyparquet-writer', '@orpc/(client|server|contract|standard-server-peer)'],
  engine: ['@tensorflow/[^/]+', '@orpc/(client|server|contract)', 'zod', 'long'],
  studio: ['@orpc/(client|server|contract)', '@photostructure/sqlite', 'chokidar', 'zod'],
  main: ['electron'],
  cli: ['commander', 'ws', '@orpc/client', 'zod'],
  preload: ['electron'],
  renderer: ['@orpc/client', 'svelte', 'bits-ui', '@lucide/svelte', 'paneforge', 'svelte-sonner', 'd3-scale'],
};

/** Layers without Node: they run anywhere, or in a sandbox. */
const WITHOUT_NODE = ['core', 'contract', 'preload', 'renderer'];

/** What the window may import from the contract as a value; of all else there, zod among it, only the types. */
const VALUES_FOR_WINDOW = ['channel', 'session', 'shell', 'picture-address', 'security-policy'];

const NO_TEST = '\\.test\\.ts$';
const inPackages = (names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;

const layerRules = Object.entries(mayImport).map(([layer, others]) => ({
  name: `${layer}-stays-in-its-layer`,
  severity: 'error',
  comment: `src/${layer} may import only itself${others.map((other) => `, src/${other}`).join('')}.`,
  from: { path: `^src/${layer}/`, pathNot: NO_TEST },
  to: { path: '^src/', pathNot: [layer, ...others].map((other) => `^src/${other}/`) },
}));

const packageRules = Object.entries(mayUse).map(([layer, names]) => ({
  name: `${layer}-uses-its-packages`,
  severity: 'error',
  comment: `src/${layer} may use ${names.length === 0 ? 'no package at all' : names.join(', ')}.`,
  from: { path: `^src/${layer}/`, pathNot: NO_TEST },
  to: { path: '(^|/)node_modules/', ...(names.length === 0 ? {} : { pathNot: inPackages(names) }) },
}));

export default {
  forbidden: [
    ...layerRules,
    ...packageRules,
    {
      name: 'layers-without-node',
      severity: 'error',
      comment: `${WITHOUT_NODE.join(', ')} run where there is no Node.`,
      from: { path: WITHOUT_NODE.map((layer) => `^src/${layer}/`), pathNot: NO_TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'window-takes-types-from-contract',
      severity: 'error',
      comment:
        'The window loads no zod: of the contract it takes types, and values only from the modules without zod.',
      from: { path: '^src/(renderer|preload)/', pathNot: NO_TEST },
      to: {
        path: '^src/contract/',
        pathNot: VALUES_FOR_WINDOW.map((name) => `^src/contract/${name}\\.ts$`),
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'programs-are-started-not-imported',
      severity: 'error',
      comment: 'A process is started by naming its entry, src/node/processes/entry.ts.',
      from: { pathNot: NO_TEST },
      to: { path: '^src/(studio|engine|main|cli|preload)/index\\.ts$|^src/node/images/worker\\.ts$' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-tests-in-programs',
      severity: 'error',
      from: { path: '^src/', pathNot: NO_TEST },
      to: { path: ['^test/', NO_TEST] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Dead code.',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: [
          '\\.d\\.ts$',
          NO_TEST,
          '^src/(main|studio|engine|cli|preload)/index\\.ts$',
          '^src/node/images/worker\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.svelte', '.mjs', '.js', '.json', '.d.ts'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
