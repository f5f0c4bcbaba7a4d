import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ORPCError } from '@orpc/client';
import * as z from 'zod';
import type { ModelManifest } from '../../contract/models.ts';
import type { KeptCheckpoint, RunRecord } from '../../contract/runs.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably, syncFolder } from '../../node/files/folders.ts';
import { failed, systemCode, unusable, writeFailure } from '../failure.ts';
import { MANIFEST } from '../models/registry.ts';
import { readRecord } from './run-folder.ts';
import type { StartTrainer } from './trainer.ts';

const WEIGHTS = 'weights.safetensors';
const GRAPH = 'model.pb';

export type FrozenModel = {
  readonly model: string | null;
  readonly weights: string;
  readonly graph: string;
  readonly step: number;
};

/** facenet, `fixed_image_standardization`. */
const FIXED = { kind: 'fixed', mean: [127.5, 127.5, 127.5], scale: 128 } as const;

/** The seed's crops, of which a training takes the middle (facenet's wiki). */
const CROPS: Pick<ModelManifest['model']['preprocessing'], 'crop' | 'alsoTakes'> = {
  crop: { style: 'relative', imageSizePx: 182, marginPx: 44 },
  alsoTakes: [
    { style: 'box', imageSizePx: 182, marginPx: 44 },
    { style: 'relative', imageSizePx: 160, marginPx: 32 },
    { style: 'box', imageSizePx: 160, marginPx: 32 },
  ],
};

const manifestOf = (id: string, record: RunRecord, sha256: string): ModelManifest => {
  const { settings } = record.plan;
  const { trainImages, identities, folder } = record.data;
  return {
    format: 1,
    id,
    title: `Inception-ResNet-v1, trained here (run ${record.id})`,
    model: {
      architecture: 'inception-resnet-v1',
      dimensions: settings.embeddingSize,
      isUnitLength: true,
      preprocessing: {
        ...CROPS,
        inputSizePx: settings.imageSizePx,
        colour: 'rgb',
        standardisation:
          settings.standardisation === 'fixed' ? { ...FIXED, mean: [...FIXED.mean] } : { kind: 'per-image' },
      },
    },
    threshold: null,
    weights: { kind: 'safetensors', file: WEIGHTS, package: null, sha256 },
    origin: {
      published: 'Trained with this program.',
      trainedOn: `${String(trainImages)} images of ${String(identities)} identities of ${folder}.`,
      terms: 'Whoever trained it knows what the people in its images agreed to.',
      importedSha256: null,
    },
  };
};

const Sentence = z.object({ data: z.object({ message: z.string() }) });

const sentenceOf = (error: unknown, folder: string): unknown => {
  if (!(error instanceof ORPCError)) return writeFailure(error, folder);
  const known = Sentence.safeParse(error);
  return known.success ? failed(known.data.data.message) : error;
};

const bestOf = (folder: string, record: RunRecord): KeptCheckpoint => {
  const best = record.best ?? record.checkpoints.at(-1);
  if (best === undefined)
    throw unusable(`The run in ${folder} has no checkpoint yet: let it train until the end of an epoch.`);
  return best;
};

/**
 * Makes a model of a run's best checkpoint, as a folder that is there whole or not at all.
 * @param models folder of models, in which it gets a folder of its own
 * @throws UNUSABLE where there is no run or no checkpoint, or the model is there already
 */
export const freezeRun = async (
  startTrainer: StartTrainer,
  given: string,
  models: string,
): Promise<FrozenModel> => {
  const folder = resolve(given);
  const record = await readRecord(folder);
  const best = bestOf(folder, record);
  const id = `run-${record.id}-${String(best.step)}`;
  const target = join(models, id);
  const draft = join(models, `.${id}-${randomBytes(6).toString('hex')}`);
  const trainer = startTrainer('cpu');
  try {
    await makeFolderDurably(draft);
    const { step } = await trainer.client.freeze(
      { plan: record.plan, checkpoint: best.file, weights: join(draft, WEIGHTS), graph: join(draft, GRAPH) },
      { signal: trainer.lost },
    );
    const isListed = record.plan.settings.network === 'inception-resnet-v1';
    if (isListed) {
      const sha256 = createHash('sha256')
        .update(await readFile(join(draft, WEIGHTS)))
        .digest('hex');
      const manifest = JSON.stringify(manifestOf(id, record, sha256), null, 2);
      await writeTextDurably(join(draft, MANIFEST), [`${manifest}\n`]);
    }
    await rename(draft, target);
    await syncFolder(models);
    return { model: isListed ? id : null, weights: join(target, WEIGHTS), graph: join(target, GRAPH), step };
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? ''))
      throw unusable(`${target} is there already: it is the model of this checkpoint.`);
    throw sentenceOf(error, models);
  } finally {
    await trainer.stop();
    await rm(draft, { recursive: true, force: true });
  }
};
