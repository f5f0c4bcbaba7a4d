/**
 * A program that edits a workspace for ever, at random from a seed, and says after each step how far the journal goes and what the
 * catalogue says then. It is killed by the test that starts it.
 */
import { createOwners } from '../../src/studio/align/owner.ts';
import { catalogueDigest } from '../../src/studio/edits/digest.ts';
import { applyEdit, redo, undo } from '../../src/studio/edits/edit.ts';
import { FACE_STATES } from '../../src/studio/edits/fields.ts';
import { lastSequence } from '../../src/studio/edits/journal.ts';
import { findWorkspace, openWorkspace } from '../../src/studio/workspace/open.ts';
import { WHO } from './dataset.ts';

const [folder = '', seed = '1'] = process.argv.slice(2);
const FACES = 17;

/** Mulberry32: a small generator with a seed. */
let state = Number(seed);
const random = (below: number): number => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
};

const workspace = await openWorkspace(await findWorkspace(folder), createOwners(), { isReadOnly: false });
const { catalogue } = workspace;
const editing = { catalogue, faces: workspace.faces(), now: Date.now };
process.stdout.write(`open ${String(lastSequence(catalogue))} ${catalogueDigest(catalogue)}\n`);
for (;;) {
  const dice = random(10);
  const faces = [1 + random(FACES), 1 + random(FACES)];
  if (dice < 2) undo(editing, WHO);
  else if (dice < 3) redo(editing, WHO);
  else if (dice < 6)
    applyEdit(
      editing,
      {
        kind: 'mark',
        selection: { faces },
        state: FACE_STATES[random(FACE_STATES.length)] ?? 'unreviewed',
      },
      WHO,
    );
  else
    applyEdit(
      editing,
      { kind: 'move', selection: { faces }, to: { name: `person ${String(random(9))}` } },
      WHO,
    );
  process.stdout.write(`done ${String(lastSequence(catalogue))} ${catalogueDigest(catalogue)}\n`);
}
