import { mkdir } from 'node:fs/promises';
import { createTurns } from '../../core/jobs/turns.ts';
import { AUTO_ENGINE } from '../engine/connection.ts';
import type { Change } from '../edits/changes.ts';
import { photosOfChange } from '../edits/derived.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineHost } from '../engine/host.ts';
import { failed, isFailure, writeFailure } from '../failure.ts';
import type { Workspace } from '../workspace/open.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';
import { alignSettings } from '../workspace/properties.ts';
import { recropFaces } from './recrop.ts';
import { staleCropsOfPhoto } from './stale.ts';
import { workKeyOf } from './work-key.ts';

/** Keeps crops equal to what was decided: an edit begins it, nobody has to ask. */
export type Recrops = {
  /** Begins to make the crops anew that changes made stale. One that cannot be made stays stale, and `photo` tells why. */
  after(workspace: Workspace, changes: readonly Change[]): void;
  /** Makes what is stale of a photo, after what was begun before. @throws FAILED when a crop cannot be made */
  photo(workspace: Workspace, photo: number): Promise<void>;
  /** Waits for all that was begun in a workspace, which may be closed then. */
  settled(folder: string): Promise<void>;
};

const CHANGES_CROPS: ReadonlySet<Change['field']> = new Set(['face.geometry', 'face.presence']);

const recropPhoto = async (host: EngineHost, workspace: Workspace, photo: number): Promise<void> => {
  const { catalogue, paths } = workspace;
  const faces = staleCropsOfPhoto(catalogue, photo);
  if (faces.length === 0) return;
  const settings = alignSettings(catalogue);
  const lease = await host.acquire(AUTO_ENGINE);
  try {
    await mkdir(paths.crops, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const run = {
      engine: lease,
      gate: createGate(),
      detect: settings.detect,
      crop: settings.crop,
      outputFolder: paths.crops,
      signal: new AbortController().signal,
    };
    const [problem] = await recropFaces(workspace, run, workKeyOf(settings), faces);
    if (problem !== undefined) throw failed(`The crop could not be made anew. ${problem}`);
  } catch (error) {
    throw writeFailure(error, paths.folder);
  } finally {
    lease.release();
  }
};

/** Makes crops in the order of their edits, one photo at a time in each workspace. @param report hears of bugs */
export const createRecrops = (host: EngineHost, report: (error: unknown) => void): Recrops => {
  const turns = new Map<string, ReturnType<typeof createTurns>>();
  const inTurn = <Result>(folder: string, work: () => Promise<Result>): Promise<Result> => {
    const turn = turns.get(folder) ?? createTurns(1);
    turns.set(folder, turn);
    return turn(work);
  };
  const make = (workspace: Workspace, photo: number): Promise<void> =>
    inTurn(workspace.paths.folder, () => recropPhoto(host, workspace, photo));
  return {
    after(workspace, changes) {
      const photos = new Set(
        changes
          .filter(({ field }) => CHANGES_CROPS.has(field))
          .flatMap((change) => photosOfChange(workspace.catalogue, change)),
      );
      for (const photo of photos)
        make(workspace, photo).catch((error: unknown) => {
          // The crop counts as stale, and who asks for it hears this sentence.
          if (!isFailure(error)) report(error);
        });
    },
    photo: make,
    settled: (folder) => inTurn(folder, () => Promise.resolve()),
  };
};
