import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ESLint, type Linter } from 'eslint';
import { describe, expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '..', '..');
const PLANTED = join(import.meta.dirname, 'planted');

type Violation = { readonly from: string; readonly rule: { readonly name: string } };

/** What dependency-cruiser finds below `src` of a folder, with the rules of the project. */
const cruise = (folder: string): readonly Violation[] => {
  const program = join(PROJECT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [
    program,
    'src',
    '--config',
    join(PROJECT, '.dependency-cruiser.mjs'),
    '--output-type',
    'json',
  ];
  // With this output type it reports and ends well.
  const text = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  const report = JSON.parse(text) as { readonly summary: { readonly violations: readonly Violation[] } };
  return report.summary.violations;
};

const EXPECTED: readonly (readonly [file: string, rule: string])[] = [
  ['src/core/imports-layer.ts', 'core-stays-in-its-layer'],
  ['src/contract/imports-layer.ts', 'contract-stays-in-its-layer'],
  ['src/node/imports-layer.ts', 'node-stays-in-its-layer'],
  ['src/engine/imports-layer.ts', 'engine-stays-in-its-layer'],
  ['src/studio/imports-layer.ts', 'studio-stays-in-its-layer'],
  ['src/main/imports-layer.ts', 'main-stays-in-its-layer'],
  ['src/main/imports-images.ts', 'main-stays-in-its-layer'],
  ['src/cli/imports-layer.ts', 'cli-stays-in-its-layer'],
  ['src/preload/imports-layer.ts', 'preload-stays-in-its-layer'],
  ['src/renderer/imports-layer.ts', 'renderer-stays-in-its-layer'],
  ['src/core/imports-package.ts', 'core-uses-its-packages'],
  ['src/contract/imports-package.ts', 'contract-uses-its-packages'],
  ['src/node/imports-package.ts', 'node-uses-its-packages'],
  ['src/engine/imports-package.ts', 'engine-uses-its-packages'],
  ['src/studio/imports-package.ts', 'studio-uses-its-packages'],
  ['src/main/imports-package.ts', 'main-uses-its-packages'],
  ['src/cli/imports-package.ts', 'cli-uses-its-packages'],
  ['src/preload/imports-package.ts', 'preload-uses-its-packages'],
  ['src/renderer/imports-package.ts', 'renderer-uses-its-packages'],
  ['src/core/imports-builtin.ts', 'layers-without-node'],
  ['src/renderer/imports-builtin.ts', 'layers-without-node'],
  ['src/renderer/imports-value.ts', 'window-takes-types-from-contract'],
  ['src/renderer/ValueImport.svelte', 'window-takes-types-from-contract'],
  ['src/studio/imports-program.ts', 'programs-are-started-not-imported'],
  ['src/core/ring-one.ts', 'no-circular'],
  ['src/core/leads-nowhere.ts', 'resolves'],
  ['src/core/imports-test.ts', 'no-tests-in-programs'],
  ['src/core/alone.ts', 'no-orphans'],
];

describe('the layer rules', () => {
  const found = cruise(PLANTED);

  it.each(EXPECTED)('find that %s breaks %s', (file, rule) => {
    expect(found.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(rule);
  });

  it('have a planted file for each rule', async () => {
    // The rules are plain JavaScript, so their shape is told here.
    const { default: rules } = (await import(join(PROJECT, '.dependency-cruiser.mjs'))) as {
      readonly default: { readonly forbidden: readonly { readonly name: string }[] };
    };
    const planted = new Set(EXPECTED.map(([, rule]) => rule));
    expect(rules.forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });

  it('leave the good files among the planted ones alone', () => {
    const good = found.filter(({ from }) => /\/(thing|other|studio)\.ts$/.test(from));
    expect(good).toEqual([]);
  });

  it('hold in the project itself', () => {
    expect(cruise(PROJECT).map(({ from, rule }) => `${from} breaks ${rule.name}`)).toEqual([]);
  });
});

describe('the lint rules', () => {
  it('find a type that a component takes from the engine', async () => {
    const { default: config } = (await import(join(PROJECT, 'eslint.config.mjs'))) as {
      readonly default: readonly Linter.Config[];
    };
    const moved = config.map((block): Linter.Config => {
      const parserOptions: unknown = block.languageOptions?.['parserOptions'];
      if (typeof parserOptions !== 'object' || parserOptions === null) return block;
      const here = { ...parserOptions, project: ['./tsconfig.json'], tsconfigRootDir: PLANTED };
      return { ...block, languageOptions: { ...block.languageOptions, parserOptions: here } };
    });
    const eslint = new ESLint({ cwd: PLANTED, overrideConfigFile: true, baseConfig: moved });
    const [result] = await eslint.lintFiles(['src/renderer/TypeImport.svelte']);
    expect(result?.messages.map(({ ruleId }) => ruleId)).toContain(
      '@typescript-eslint/no-restricted-imports',
    );
  });
});
