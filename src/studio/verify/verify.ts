import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample, VerifyReport } from '../../contract/workspace-care.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineHost } from '../engine/host.ts';
import { failed, writeFailure } from '../failure.ts';
import { isWithin } from '../files/paths.ts';
import { recropFaces } from '../ingest/recrop.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspace } from '../workspace/open.ts';
import { alignSettings } from '../workspace/properties.ts';
import { checkCatalogue } from './catalogue-checks.ts';
import { checkCrops, cropProblems, type CropFindings } from './crop-checks.ts';
import { findSpareCrops, removeSpareCrops } from './spare-crops.ts';

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
  signal: AbortSignal,
): Promise<void> => {
  const { paths, catalogue } = workspace;
  for (const file of damaged.values()) {
    const path = join(paths.folder, file);
    if (isWithin(paths.crops, path)) await rm(path, { recursive: true, force: true });
  }
  const settings = alignSettings(catalogue);
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
    await recropFaces(workspace, run, workKeyOf(settings), faces);
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

/**
 * Compares a workspace's catalogue with itself, with its journal and with the crops on the disk, a sample of them or all; has what is missing
 * of the crops made again where a host is given, and crops removed that neither the catalogue nor a backup names.
 * @throws the signal's reason, FAILED when a repair cannot write
 */
export const verifyWorkspace = async (
  workspace: Workspace,
  { sample, host, now }: VerifyOptions,
  hooks: WorkHooks,
): Promise<VerifyReport> => {
  const { catalogue, paths } = workspace;
  const startedMs = now();
  const { problems, steps, decisions } = checkCatalogue(catalogue, () => workspace.faces());
  const base = { steps, decisions, crops: 0, cropsWhole: 0, spareCrops: null, repaired: 0, sparesRemoved: 0 };
  if (problems.some(({ kind }) => kind === 'damaged-catalogue')) {
    if (host !== null)
      throw failed(
        `The catalogue ${paths.catalogue} is damaged: take back a backup with "facenet-studio restore" before crops are made again.`,
      );
    return { ...base, problems: [...problems], seconds: (now() - startedMs) / 1000 };
  }
  const first = await checkCrops(catalogue, paths, sample, hooks);
  const isRepaired = host !== null && gapsOf(first) > 0;
  if (isRepaired) await repairCrops(workspace, host, first, hooks.signal);
  const crops = isRepaired ? await checkCrops(catalogue, paths, sample, hooks) : first;
  const spare = sample.of > 1 ? null : await findSpareCrops(catalogue, paths);
  const sparesRemoved = host === null || spare === null ? 0 : await removeSpares(workspace, spare, now());
  return {
    ...base,
    crops: crops.crops,
    cropsWhole: crops.crops - gapsOf(crops),
    spareCrops: spare === null ? null : spare.length - sparesRemoved,
    sparesRemoved,
    repaired: gapsOf(first) - gapsOf(crops),
    problems: [...problems, ...cropProblems(crops, isRepaired)],
    seconds: (now() - startedMs) / 1000,
  };
};
