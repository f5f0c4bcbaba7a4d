import { mkdtemp, readdir, readlink, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOwners } from '../../src/studio/align/owner.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import { findWorkspace, openWorkspace } from '../../src/studio/workspace/open.ts';
import { smallDataset } from './dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'closed-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Files below the folder that this process has open. */
const openFiles = async (): Promise<readonly string[]> => {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((file) => readlink(`/proc/self/fd/${file}`).catch(() => '')),
  );
  return links.filter((file) => file.startsWith(folder));
};

test.skipIf(process.platform !== 'linux')(
  'a workspace that was closed is let go of, so that another process may open, close and kill it',
  async () => {
    await createWorkspace(folder);
    expect(await openFiles()).toEqual([]);
    for (const isReadOnly of [false, true]) {
      const paths = await findWorkspace(folder);
      const workspace = await openWorkspace(paths, createOwners(), { isReadOnly });
      if (!isReadOnly) smallDataset(workspace.catalogue);
      workspace.faces();
      expect([...workspace.catalogue.rows('SELECT id FROM faces')]).not.toHaveLength(0);
      expect(await openFiles()).toContain(paths.catalogue);
      await workspace.close();
      expect(await openFiles()).toEqual([]);
    }
  },
);
