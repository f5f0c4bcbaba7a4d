import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPrograms } from './build-programs.mjs';

/** @typedef {{ name: string, faces: number, identities: number }} Size */

/** @type {readonly Size[]} */
export const SIZES = [
  { name: 'casia', faces: 453_453, identities: 10_575 },
  { name: 'vggface2', faces: 2_000_000, identities: 9131 },
];

/**
 * The text after `name` among the arguments, or null.
 * @param {readonly string[]} args
 * @param {string} name
 */
export const textOption = (args, name) =>
  args.includes(name) ? (args[args.indexOf(name) + 1] ?? null) : null;

/**
 * The sizes that were asked for by `--size casia`, or all.
 * @param {readonly string[]} args
 */
export const chosenSizes = (args) => {
  const name = textOption(args, '--size');
  return SIZES.filter((size) => name === null || size.name === name);
};

/**
 * A folder for generated workspaces: the one after `--folder`, which is kept and used again, or a temporary one.
 * @param {readonly string[]} args
 */
export const openBenchFolder = (args) => {
  const given = textOption(args, '--folder');
  const folder = given ?? mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    remove: () => {
      if (given === null) rmSync(folder, { recursive: true, force: true });
    },
  };
};

/**
 * A generated workspace of that size in the folder; one that is there is used again.
 * @param {string} folder
 * @param {Size} size
 */
export const ensureWorkspace = async (folder, { name, faces, identities }) => {
  const workspace = join(folder, `${name}-${String(faces)}`);
  if (existsSync(workspace)) return workspace;
  const built = await buildPrograms({ generate: 'bench/support/generate-catalogue.mjs' });
  const unfinished = join(folder, `${name}-unfinished`);
  const sourceFolder = join(folder, 'photos');
  mkdirSync(sourceFolder, { recursive: true });
  rmSync(unfinished, { recursive: true, force: true });
  try {
    const start = performance.now();
    /** @type {typeof import('./generate-catalogue.mjs')} */
    const { generateWorkspace } = await import(built.program('generate'));
    await generateWorkspace(unfinished, { faces, identities, sourceFolder });
    renameSync(unfinished, workspace);
    console.error(
      `Generated ${faces.toLocaleString('en-US')} faces in ${((performance.now() - start) / 1000).toFixed(0)} s.`,
    );
  } finally {
    built.remove();
  }
  return workspace;
};
