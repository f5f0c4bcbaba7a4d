import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Preflight, RunRequest } from '../../contract/runs.ts';
import { classSizesOf } from '../../core/training/class-sizes.ts';
import { footprintOf } from '../../core/training/footprint.ts';
import { stepsOf } from '../../core/training/learning-rate.ts';
import { splitImages } from '../../core/training/split.ts';
import { systemCode } from '../failure.ts';
import type { CountData, DataSizes } from './data-sizes.ts';
import type { KnownRuns } from './known-runs.ts';
import { measuredRate } from './measured-rate.ts';
import { runsFolderOf, workspaceIn } from './run-request.ts';

/** Free bytes of the disk on which a folder lies or would lie. */
const freeBytesOf = async (folder: string): Promise<number> => {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    return freeBytesOf(dirname(folder));
  }
};

/** What the operating system would give, caches included. */
const freeMemory = (): number => process.availableMemory();

const split = ({ images }: DataSizes, request: RunRequest) =>
  splitImages(
    [...images].flatMap(([identity, count]) => Array.from({ length: count }, () => ({ identity }))),
    { ...request, seed: request.plan.settings.seed },
  );

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

type Seen = Omit<Preflight, 'problems' | 'warnings'>;

const problemsOf = (seen: Seen, { plan, leastImagesPerClass }: RunRequest): string[] => [
  ...(seen.identities < 2
    ? [
        `A training needs at least two identities; ${seen.identities === 0 ? 'none has' : 'one has'} ` +
          `${String(Math.max(1, leastImagesPerClass))} or more images here.`,
      ]
    : []),
  ...(plan.learningRate <= 0 && plan.schedule.length === 0
    ? ['The learning rate is not positive, and there is no schedule.']
    : []),
  ...(seen.steps === 0 ? ['The schedule ends the training before its first step.'] : []),
];

const warningsOf = (seen: Seen, { plan, validationRatio }: RunRequest): string[] => [
  ...(seen.memoryBytes > seen.freeMemoryBytes
    ? [
        `A step takes about ${gibibytes(seen.memoryBytes)} of memory, and ${gibibytes(seen.freeMemoryBytes)} are free: ` +
          'take smaller batches. One that does not fit is halved up to three times.',
      ]
    : []),
  ...(seen.checkpointBytes * 2 > seen.freeDiskBytes
    ? [
        `A checkpoint takes ${gibibytes(seen.checkpointBytes)}, and ${gibibytes(seen.freeDiskBytes)} are free on the disk.`,
      ]
    : []),
  ...(plan.settings.loss.kind === 'softmax' && validationRatio === 0
    ? ['No images are held out: nothing tells whether the network learns people or only these pictures.']
    : []),
  ...(seen.trainImages > 0 && seen.trainImages < plan.settings.batchSize
    ? ['A batch is larger than the dataset: it holds images more than once.']
    : []),
  ...(seen.classSizes !== null && seen.classSizes.least === 1
    ? ['Some identities have a single image: of those nothing can be held out.']
    : []),
];

/** Looks at the data and the machine before a run begins; nothing is written. @throws UNUSABLE for data that cannot be read */
export const lookAhead = async (
  request: RunRequest,
  { countData, known }: { readonly countData: CountData; readonly known: KnownRuns },
): Promise<Preflight> => {
  const { plan } = request;
  const { settings, epochSize } = plan;
  const sizes = await countData(request.dataFolder);
  const { train, validation, dropped } = split(sizes, request);
  const taking = new Map([...sizes.images].filter(([identity]) => !dropped.includes(identity)));
  const workspace = await workspaceIn(request.dataFolder);
  const imagesPerSecond = await measuredRate(await known.list(), request);
  const seen: Seen = {
    identities: new Set(train.map(({ identity }) => identity)).size,
    trainImages: train.length,
    validationImages: validation.length,
    droppedIdentities: dropped.length,
    leftOut: sizes.leftOut,
    classSizes: toContract(classSizesOf(taking)),
    steps: stepsOf(plan),
    passesPerEpoch: train.length === 0 ? 0 : (epochSize * settings.batchSize) / train.length,
    ...footprintOf({
      ...settings,
      classes: settings.loss.kind === 'softmax' ? taking.size : 0,
      hasMovingAverage: settings.movingAverageDecay > 0,
    }),
    freeMemoryBytes: freeMemory(),
    freeDiskBytes: await freeBytesOf(request.modelsFolder ?? runsFolderOf(request, workspace)),
    imagesPerSecond,
    secondsPerEpoch: imagesPerSecond === null ? null : (epochSize * settings.batchSize) / imagesPerSecond,
  };
  return { ...seen, problems: problemsOf(seen, request), warnings: warningsOf(seen, request) };
};

const toContract = (sizes: ReturnType<typeof classSizesOf>): Preflight['classSizes'] =>
  sizes === null ? null : { ...sizes, largest: [...sizes.largest] };
