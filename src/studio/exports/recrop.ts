import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlignSettings, CropSettings } from '../../contract/faces.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineHost, EngineLease } from '../engine/host.ts';
import { CHUNKS_IN_FLIGHT, runTasks, TASKS_PER_CHUNK } from '../engine/run-tasks.ts';
import { together } from '../together.ts';
import type { ExportFace } from './select.ts';

/**
 * The workspace's crop settings for another size: the same part of the photo. A margin in pixels of the crop shrinks with it; the one of
 * the seed's box is in pixels of the photo and stays.
 */
export const settingsForSize = (crop: CropSettings, sizePx: number): CropSettings => ({
  ...crop,
  imageSizePx: sizePx,
  marginPx: crop.style === 'box' ? crop.marginPx : (crop.marginPx * sizePx) / crop.imageSizePx,
  detectMultipleFaces: true,
});

/** A crop cut out anew, or why it could not be. */
export type Recropped = { readonly bytes: number; readonly sha256: string } | { readonly message: string };

/** Cuts crops out of originals; the engine starts with the first one. `release` it. */
export type Recropper = {
  /** Writes the crops of faces to their places below `folder`. @throws as `runTasks` does */
  cut(faces: readonly ExportFace[], folder: string): Promise<ReadonlyMap<number, Recropped>>;
  release(): void;
};

const BAD_NAME = 'No program can open a file of this name: rename it and scan the workspace.';
const CHANGED = 'The photo is not the one that was aligned any more: scan the workspace and align it.';
const NOT_CUT = 'Nothing of the face lies in the photo.';

/** Where the engine writes before a crop has its name: hidden, below the export's own folder. */
const RAW_FOLDER = '.cut';

/** Prepares cutting with these settings. */
export const createRecropper = (
  host: EngineHost,
  settings: AlignSettings,
  signal: AbortSignal,
): Recropper => {
  let lease: EngineLease | null = null;
  const gate = createGate();

  const cutChunk = async (
    faces: readonly ExportFace[],
    folder: string,
    results: Map<number, Recropped>,
  ): Promise<void> => {
    lease ??= await host.acquire({ choice: 'auto', gpuMemoryFraction: 1 }, signal);
    const byFace = new Map(faces.map((each) => [each.face, each]));
    const run = { engine: lease, gate, ...settings, outputFolder: folder, signal };
    const tasks = faces.flatMap((each) => {
      if (each.original === null) {
        results.set(each.face, { message: BAD_NAME });
        return [];
      }
      const { box, landmarks, rotationDegrees } = each.geometry;
      const given = [{ box, landmarks, rotationDegrees }];
      const output = join(folder, RAW_FOLDER, String(each.face));
      return [{ id: each.face, file: each.original, output, known: null, given }];
    });
    if (tasks.length === 0) return;
    await runTasks(run, tasks, async ({ id }, outcome) => {
      const wanted = byFace.get(id);
      if (wanted === undefined) return;
      if (outcome.kind !== 'faces') {
        results.set(id, { message: outcome.kind === 'failed' ? outcome.message : CHANGED });
        return;
      }
      const crop = outcome.crops[0];
      if (crop === undefined || outcome.sourceSha256 !== wanted.photoSha256) {
        results.set(id, { message: crop === undefined ? NOT_CUT : CHANGED });
        return;
      }
      await rename(crop.file, join(folder, wanted.file));
      results.set(id, { bytes: crop.bytes, sha256: crop.sha256 });
    });
  };

  return {
    async cut(faces, folder) {
      const results = new Map<number, Recropped>();
      if (faces.length === 0) return results;
      await mkdir(join(folder, RAW_FOLDER), { recursive: true });
      let from = 0;
      let hasFailed = false;
      const stop = (): void => {
        hasFailed = true;
      };
      // The engine is acquired once, by the first chunk.
      const first = faces.slice(0, TASKS_PER_CHUNK);
      await cutChunk(first, folder, results);
      from = first.length;
      await together(CHUNKS_IN_FLIGHT, stop, async () => {
        while (from < faces.length && !hasFailed) {
          const chunk = faces.slice(from, from + TASKS_PER_CHUNK);
          from += chunk.length;
          await cutChunk(chunk, folder, results);
        }
      });
      return results;
    },
    release() {
      lease?.release();
    },
  };
};
