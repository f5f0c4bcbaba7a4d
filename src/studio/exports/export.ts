import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AlignSettings } from '../../contract/faces.ts';
import type { ExportReport, ExportSettings } from '../../contract/workspace-export.ts';
import type { EngineHost } from '../engine/host.ts';
import { unusable, writeFailure } from '../failure.ts';
import { syncFolder } from '../../node/files/folders.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import type { WorkHooks } from '../stream-work.ts';
import { together } from '../together.ts';
import type { Workspace } from '../workspace/open.ts';
import { alignSettings } from '../workspace/properties.ts';
import { beginDraft, checkDestination, type Draft } from './destination.ts';
import { placeCrop } from './place-crop.ts';
import { createRecropper, settingsForSize, type Recropper } from './recrop.ts';
import { planExport, readExportFaces, type ExportFace, type ExportPlan } from './select.ts';
import { beginManifest, type WrittenCrop } from './write-manifest.ts';

/** Faces that are read, written and noted at a time. */
const FACES_AT_ONCE = 256;
/** Files that are written at once. */
const WRITERS = 8;
const MOST_FAILURES = 100;
const NO_LINKS =
  'Hard links cannot be made there (another disk, or one that knows none), so crops were copied.';

export type ExportOptions = {
  readonly settings: ExportSettings;
  readonly host: EngineHost;
  readonly now: () => number;
};

type Tally = {
  copied: number;
  linked: number;
  recropped: number;
  failed: number;
  readonly failures: ExportReport['failures'];
};

const filesOf = ({ copied, linked, recropped }: Tally): number => copied + linked + recropped;

type Work = {
  readonly workspace: Workspace;
  readonly draft: Draft;
  readonly recropper: Recropper;
  readonly isLinked: boolean;
  /** Whether crops of the workspace have the size that is wanted. */
  readonly areCropsOfSize: boolean;
  readonly tally: Tally;
};

/** Does something with each item, some at a time. */
const each = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  let next = 0;
  await together(
    WRITERS,
    () => {
      next = items.length;
    },
    async () => {
      for (let item = items[next]; item !== undefined; item = items[next]) {
        next += 1;
        await work(item);
      }
    },
  );
};

/** Places the crops that are there as they should be; gives them, and leaves the faces of the others in `rest`. */
const placeCrops = async (
  { workspace, draft, isLinked, areCropsOfSize, tally }: Work,
  faces: readonly ExportFace[],
  rest: ExportFace[],
): Promise<readonly WrittenCrop[]> => {
  const written: WrittenCrop[] = [];
  await each(faces, async (face) => {
    const target = join(draft.folder, face.file);
    const placed =
      face.crop === null || !areCropsOfSize
        ? null
        : await placeCrop(workspace.paths, face.crop, target, isLinked);
    if (placed === null || placed.how === 'missing') {
      rest.push(face);
      return;
    }
    tally[placed.how] += 1;
    written.push({ face, bytes: placed.bytes, sha256: placed.sha256 });
  });
  return written;
};

const writeSome = async (work: Work, faces: readonly ExportFace[]): Promise<readonly WrittenCrop[]> => {
  const { draft, recropper, tally } = work;
  const rest: ExportFace[] = [];
  const written = [...(await placeCrops(work, faces, rest))];
  const cut = await recropper.cut(
    rest.sort((a, b) => a.face - b.face),
    draft.folder,
  );
  for (const face of rest) {
    const result = cut.get(face.face) ?? { message: 'The engine gave nothing for it.' };
    if ('message' in result) {
      tally.failed += 1;
      if (tally.failures.length < MOST_FAILURES)
        tally.failures.push({ file: face.photo, message: result.message });
      continue;
    }
    tally.recropped += 1;
    written.push({ face, ...result });
  }
  const order = new Map(faces.map(({ face }, place) => [face, place]));
  return written.sort((a, b) => (order.get(a.face.face) ?? 0) - (order.get(b.face.face) ?? 0));
};

const writeAll = async (
  work: Work,
  plan: ExportPlan,
  options: { readonly settings: AlignSettings; readonly workKey: Uint8Array; readonly given: ExportSettings },
  { signal, onProgress }: WorkHooks,
): Promise<void> => {
  const { draft, tally, workspace } = work;
  const manifest = await beginManifest(draft.folder, options.settings, options.given);
  try {
    const folders = new Set<string>();
    let done = 0;
    for (let from = 0; from < plan.planned.length; from += FACES_AT_ONCE) {
      signal.throwIfAborted();
      const some = plan.planned.slice(from, from + FACES_AT_ONCE);
      for (const { file } of some) {
        const folder = join(draft.folder, dirname(file));
        if (folders.has(folder)) continue;
        await mkdir(folder);
        folders.add(folder);
      }
      const faces = readExportFaces(workspace.catalogue, options.workKey, some);
      tally.failed += some.length - faces.length;
      await manifest.append(await writeSome(work, faces));
      done += some.length;
      onProgress(done, plan.planned.length);
    }
    await manifest.finish({
      faces: plan.faces,
      identities: plan.identities,
      files: filesOf(tally),
      failed: tally.failed,
      leftOut: plan.leftOut,
    });
    await rm(join(draft.folder, '.cut'), { recursive: true, force: true });
    await each([...folders], syncFolder);
  } finally {
    await manifest.close();
  }
};

/**
 * Exports what is kept of a workspace into a new folder, `identity/stem.png`, with a manifest: complete, or not at all. Whenever the process
 * ends, nothing half-written has the folder's name.
 * @throws UNUSABLE for a folder that cannot be used or nothing to export, FAILED when it cannot be written, the signal's reason
 */
export const exportWorkspace = async (
  workspace: Workspace,
  { settings: given, host, now }: ExportOptions,
  hooks: WorkHooks,
): Promise<ExportReport> => {
  const { catalogue, paths } = workspace;
  const startedMs = now();
  const output = await checkDestination(catalogue, paths, given.folder);
  const aligned = alignSettings(catalogue);
  const sizePx = given.sizePx ?? aligned.crop.imageSizePx;
  const settings = { ...aligned, crop: settingsForSize(aligned.crop, sizePx) };
  const plan = await planExport(catalogue, workspace.faces(), given.states);
  if (plan.planned.length === 0)
    throw unusable('No face is kept: confirm faces, give them an identity, or choose other states.');
  const tally: Tally = { copied: 0, linked: 0, recropped: 0, failed: 0, failures: [] };
  const recropper = createRecropper(host, settings, hooks.signal);
  const draft = await beginDraft(output);
  try {
    const work: Work = {
      workspace,
      draft,
      recropper,
      isLinked: given.isLinked,
      areCropsOfSize: sizePx === aligned.crop.imageSizePx,
      tally,
    };
    await writeAll(work, plan, { settings, workKey: workKeyOf(aligned), given }, hooks);
    hooks.signal.throwIfAborted();
    await draft.publish();
  } catch (error) {
    // On a disk that fails altogether the next export removes what is left; the error that led here is the one to tell.
    await draft.discard().catch(() => undefined);
    throw writeFailure(error, output);
  } finally {
    recropper.release();
  }
  return {
    folder: output,
    faces: plan.faces,
    files: filesOf(tally),
    identities: plan.identities,
    ...tally,
    leftOut: { ...plan.leftOut },
    note: given.isLinked && tally.copied > 0 ? NO_LINKS : null,
    seconds: (now() - startedMs) / 1000,
  };
};
