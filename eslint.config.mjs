import { defineConfig, globalIgnores } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/** Budgets: more is a file or a function with two subjects. A function counts the closures that it returns. */
const MOST_LINES_OF_FILE = 350;
const MOST_LINES_OF_FUNCTION = 90;
const MOST_BRANCHES = 15;

/** dependency-cruiser sees every import but the types of a `.svelte` file, which its compiler drops: those are judged here. */
const beyondTheWindow = [
  {
    regex: '^(\\.\\./)+(main|preload|engine|studio|cli|node)(/|$)',
    message: 'The window talks to the rest only through src/contract.',
  },
  { regex: '^node:', message: 'The window has no Node.' },
  {
    regex: '^(electron|sharp|ws|commander|@tensorflow/.*|@orpc/server.*)$',
    message: 'The window has no such package.',
  },
];

const typeAware = {
  parserOptions: {
    project: ['./tsconfig.json', './tsconfig.scripts.json'],
    tsconfigRootDir: import.meta.dirname,
    extraFileExtensions: ['.svelte'],
  },
};

export default defineConfig(
  globalIgnores([
    'node_modules',
    'out',
    'out.*',
    'dist',
    'test-results',
    'coverage',
    '.cache',
    'test/architecture/planted/**',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.svelte'],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: typeAware,
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A procedure that another one may await is async whether it awaits or not.
      '@typescript-eslint/require-await': 'off',
      // An assertion is written as a cast, with its reason beside it; `!` is forbidden.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      'max-lines': ['error', { max: MOST_LINES_OF_FILE, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': [
        'error',
        { max: MOST_LINES_OF_FUNCTION, skipBlankLines: true, skipComments: true },
      ],
      complexity: ['error', MOST_BRANCHES],
      eqeqeq: 'error',
      'no-console': 'off',
      'no-eval': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    extends: [svelte.configs['flat/recommended']],
    languageOptions: { parserOptions: { ...typeAware.parserOptions, parser: ts.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // Components are mark-up; their scripts have the budget of a file.
      'max-lines-per-function': 'off',
      // Svelte's own `$props()` destructures with `let`.
      'prefer-const': 'off',
    },
  },
  {
    files: ['src/renderer/**/*.ts', 'src/renderer/**/*.svelte'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: beyondTheWindow }] },
  },
  {
    // A suite is one long function.
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // ESLint does not see the casts of JSDoc; tsc, which does, checks these files as strictly.
    files: ['**/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['*.mjs'], extends: [ts.configs.disableTypeChecked] },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
);
