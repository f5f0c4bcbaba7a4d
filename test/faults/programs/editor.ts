/**
 * A window that is open for long: it edits a workspace step by step from where its history stands, and says after each step how far it
 * goes and the digest of what the catalogue says then.
 */
import type { EditCommand } from '../../../src/contract/workspace-edits.ts';
import { createOwners } from '../../../src/studio/align/owner.ts';
import { catalogueDigest } from '../../../src/studio/edits/digest.ts';
import { applyEdit, redo, undo } from '../../../src/studio/edits/edit.ts';
import { lastSequence } from '../../../src/studio/edits/journal.ts';
import { isFailure, writeFailure } from '../../../src/studio/failure.ts';
import { findWorkspace, openWorkspace } from '../../../src/studio/workspace/open.ts';

const WHO = 'tester';
const face = (...faces: readonly number[]) => ({ selection: { faces: [...faces] } });

const STEPS: readonly (EditCommand | 'undo' | 'redo')[] = [
  { kind: 'mark', ...face(1, 2), state: 'confirmed' },
  { kind: 'move', ...face(2), to: { name: 'Cy' } },
  'undo',
  'redo',
  { kind: 'split', ...face(3), name: 'Dee' },
  'undo',
  'undo',
  { kind: 'exclude-files', files: [1] },
  { kind: 'remove-faces', ...face(2) },
  'undo',
  { kind: 'mark', ...face(1), state: 'rejected' },
  { kind: 'choose-face', face: 3 },
];

const [folder = ''] = process.argv.slice(2);

const edit = async (): Promise<void> => {
  const workspace = await openWorkspace(await findWorkspace(folder), createOwners(), { isReadOnly: false });
  const { catalogue } = workspace;
  try {
    const editing = { catalogue, faces: workspace.faces(), now: () => 0 };
    // The first step of the history added the folder.
    for (const step of STEPS.slice(lastSequence(catalogue) - 1)) {
      if (step === 'undo') undo(editing, WHO);
      else if (step === 'redo') redo(editing, WHO);
      else applyEdit(editing, step, WHO);
      process.stdout.write(`${String(lastSequence(catalogue))} ${catalogueDigest(catalogue)}\n`);
    }
  } finally {
    await workspace.close();
  }
};

try {
  await edit();
} catch (error) {
  const told = writeFailure(error, folder);
  if (!isFailure(told)) throw told;
  process.stderr.write(`${told.message}\n`);
  process.exitCode = 1;
}
