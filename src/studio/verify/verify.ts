import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample, VerifyReport } from '../../contract/workspace-care.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineHost } from '../engine/host.ts';
import { TASKS_PER_CHUNK } from '../engine/run-tasks.ts';
import { failed, writeFailure } from '../failure.ts';
import { isWithin } from '../files/paths.ts';
import { recropFaces } from '../ingest/recrop.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspace } from '../workspace/open.ts';
import { alignSettings } from '../workspace/properties.ts';
import { checkAgain, cropProblems } from './crop-checks.ts';
import type { CropFindings } from './messages.ts';
import { checkOnThread } from './on-thread.ts';
import { removeSpareCrops } from './spare-crops.ts';

export type VerifyOptions = {
  readonly sample: Sample;
  /** Where crops that are not whole are made again; null to change nothing. */
  readonly host: Pick<EngineHost, 'acquire'> | null;
  readonly now: () => number;
};

/** Has crops that are missing or damaged made again from the originals, where these are there and as they were. */
const repairCrops = async (
  workspace: Workspace,
  host: Pick<EngineHost, 'acquire'>,
  { missing, damaged }: CropFindings,
  { signal, onProgress }: WorkHooks,
): Promise<void> => {
  const { paths, catalogue } = workspace;
  for (const file of damaged.values()) {
    const path = join(paths.folder, file);
    if (isWithin(paths.crops, path)) await rm(path, { recursive: true, force: true });
  }
  const settings = alignSettings(catalogue);
  onProgress(0, missing.size + damaged.size);
  const engine = await host.acquire({ choice: 'auto', gpuMemoryFraction: 1 }, signal);
  try {
    const run = {
      engine,
      gate: createGate(),
      detect: settings.detect,
      crop: settings.crop,
      outputFolder: paths.crops,
      signal,
    };
    const faces = [...missing.keys(), ...damaged.keys()].sort((a, b) => a - b);
    const workKey = workKeyOf(settings);
    for (let from = 0; from < faces.length; from += TASKS_PER_CHUNK) {
      onProgress(from, faces.length);
      await recropFaces(workspace, run, workKey, faces.slice(from, from + TASKS_PER_CHUNK));
    }
    onProgress(faces.length, faces.length);
  } catch (error) {
    throw writeFailure(error, paths.folder);
  } finally {
    engine.release();
  }
};

/** Removes crops that nothing names any more. @throws FAILED when one cannot be removed */
const removeSpares = async (
  { paths }: Workspace,
  spare: readonly string[],
  nowMs: number,
): Promise<number> => {
  try {
    return await removeSpareCrops(paths, spare, nowMs);
  } catch (error) {
    throw writeFailure(error, paths.folder);
  }
};

const gapsOf = ({ missing, damaged }: CropFindings): number => missing.size + damaged.size;

/** What is left of the findings after a repair. */
const afterRepair = async (workspace: Workspace, first: CropFindings): Promise<CropFindings> => {
  const { missing, damaged } = first;
  const again = await checkAgain(workspace.catalogue, workspace.paths, [
    ...missing.keys(),
    ...damaged.keys(),
  ]);
  return { ...again, crops: first.crops - gapsOf(first) + again.crops };
};

/**
 * Compares a workspace's catalogue with itself, with its journal and with the crops on the disk, a sample of them or all, on a thread of its own; has what
 * is missing of the crops made again where a host is given, and crops removed that neither the catalogue nor a backup names.
 * @throws the signal's reason, FAILED when a repair cannot write
 */
export const verifyWorkspace = async (
  workspace: Workspace,
  { sample, host, now }: VerifyOptions,
  hooks: WorkHooks,
): Promise<VerifyReport> => {
  const startedMs = now();
  const { problems, steps, decisions, crops: first, spare } = await checkOnThread(workspace, sample, hooks);
  if (host !== null && problems.some(({ kind }) => kind === 'damaged-catalogue'))
    throw failed(
      `The catalogue ${workspace.paths.catalogue} is damaged: take back a backup with "facenet-studio restore" before crops are made again.`,
    );
  const isRepaired = host !== null && gapsOf(first) > 0;
  if (isRepaired) await repairCrops(workspace, host, first, hooks);
  const crops = isRepaired ? await afterRepair(workspace, first) : first;
  const sparesRemoved = host === null || spare === null ? 0 : await removeSpares(workspace, spare, now());
  return {
    steps,
    decisions,
    crops: crops.crops,
    cropsWhole: crops.crops - gapsOf(crops),
    spareCrops: spare === null ? null : spare.length - sparesRemoved,
    sparesRemoved,
    repaired: gapsOf(first) - gapsOf(crops),
    problems: [...problems, ...cropProblems(crops, isRepaired)],
    seconds: (now() - startedMs) / 1000,
  };
};
