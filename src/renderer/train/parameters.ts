import type { RunRequest } from '../../contract/runs.ts';
import type { SoftmaxLoss, TrainingPlan } from '../../contract/training.ts';

/** A number that somebody may choose for a training. */
export type NumberParameter = {
  readonly name: string;
  /** What it does, in a sentence. */
  readonly about: string;
  readonly least: number;
  readonly most: number;
  readonly step: number | 'any';
  /** null where it means nothing to the request. */
  readonly of: (request: RunRequest) => number | null;
  readonly with: (request: RunRequest, value: number) => RunRequest;
};

/** Something that is done or not. */
export type SwitchParameter = {
  readonly name: string;
  readonly of: (request: RunRequest) => boolean;
  readonly with: (request: RunRequest, value: boolean) => RunRequest;
};

type Settings = TrainingPlan['settings'];
type NumbersOf<Held> = { [Name in keyof Held]: Held[Name] extends number ? Name : never }[keyof Held];
type Lens = Pick<NumberParameter, 'of' | 'with'>;

const withPlan = (request: RunRequest, change: Partial<TrainingPlan>): RunRequest => ({
  ...request,
  plan: { ...request.plan, ...change },
});
const withSettings = (request: RunRequest, change: Partial<Settings>): RunRequest =>
  withPlan(request, { settings: { ...request.plan.settings, ...change } });

const ofRequest = (name: NumbersOf<RunRequest>): Lens => ({
  of: (request) => request[name],
  with: (request, value) => ({ ...request, [name]: value }),
});
const ofPlan = (name: NumbersOf<TrainingPlan>): Lens => ({
  of: ({ plan }) => plan[name],
  with: (request, value) => withPlan(request, { [name]: value }),
});
const ofSettings = (name: NumbersOf<Settings>): Lens => ({
  of: ({ plan }) => plan.settings[name],
  with: (request, value) => withSettings(request, { [name]: value }),
});
const ofSoftmax = (name: Exclude<NumbersOf<SoftmaxLoss>, 'classes'>): Lens => ({
  of: ({ plan: { settings } }) => (settings.loss.kind === 'softmax' ? settings.loss[name] : null),
  with(request, value) {
    const { loss } = request.plan.settings;
    return loss.kind === 'softmax' ? withSettings(request, { loss: { ...loss, [name]: value } }) : request;
  },
});
const ofTriplets = (name: 'peoplePerBatch' | 'imagesPerPerson'): Lens => ({
  of: ({ plan }) => plan.triplets?.[name] ?? null,
  with(request, value) {
    const { triplets } = request.plan;
    return triplets === null ? request : withPlan(request, { triplets: { ...triplets, [name]: value } });
  },
});

const MANY = 1_000_000;
const count = { least: 1, most: MANY, step: 1 } as const;
const factor = { least: 0, most: 1000, step: 'any' } as const;
const share = { least: 0, most: 1, step: 'any' } as const;

/** What a training is made of, in the order in which one thinks of it. */
export const PARAMETER_GROUPS: readonly (readonly [title: string, parameters: readonly NumberParameter[]])[] =
  [
    [
      'Data',
      [
        {
          ...{ name: 'Least images of an identity', ...count, least: 0 },
          about: 'Identities with fewer take no part.',
          ...ofRequest('leastImagesPerClass'),
        },
        {
          ...{ name: 'Held out', ...share, most: 0.9 },
          about: 'Share of the images of each identity that only measure what was learned.',
          ...ofRequest('validationRatio'),
        },
      ],
    ],
    [
      'Length',
      [
        {
          ...{ name: 'Epochs', ...count },
          about: 'The training ends after so many, or where the schedule says.',
          ...ofPlan('maxEpochs'),
        },
        {
          ...{ name: 'Steps of an epoch', ...count },
          about: 'An epoch is so many batches, not a pass over the data.',
          ...ofPlan('epochSize'),
        },
        {
          ...{ name: 'Images of a step', ...count, least: 2, most: 10_000 },
          about: 'More take more memory and give steadier steps. Triplets take a multiple of 3.',
          ...ofSettings('batchSize'),
        },
        {
          ...{ name: 'Epochs between two looks', ...count },
          about: 'How often the held-out images are looked at.',
          ...ofPlan('validateEveryEpochs'),
        },
        {
          ...{ name: 'Steps between checkpoints', ...count, least: 0 },
          about: 'Beside the one at the end of each epoch; 0 for none.',
          ...ofPlan('checkpointEverySteps'),
        },
      ],
    ],
    [
      'Learning rate',
      [
        {
          ...{ name: 'Learning rate', least: -1, most: 10, step: 'any' },
          about: 'How far each step goes. 0 or less takes the schedule of the preset.',
          ...ofPlan('learningRate'),
        },
        {
          ...{ name: 'Epochs between decays', ...count },
          about: 'After so many the rate is multiplied by the factor below, where it has no schedule.',
          ...ofPlan('decayEpochs'),
        },
        {
          ...{ name: 'Decay factor', least: 0.000001, most: 1, step: 'any' },
          about: '1 leaves the rate as it is.',
          ...ofPlan('decayFactor'),
        },
      ],
    ],
    [
      'Network',
      [
        {
          ...{ name: 'Numbers of an embedding', ...count, most: 4096 },
          about: '128 are small and quick to compare; 512 hold a little more.',
          ...ofSettings('embeddingSize'),
        },
        {
          ...{ name: 'Kept by the dropout', least: 0.01, most: 1, step: 'any' },
          about:
            'Share of the values before the embedding that are kept; less keeps it from learning by heart.',
          ...ofSettings('keepProbability'),
        },
        {
          ...{ name: 'Weight decay', ...factor },
          about: 'Pulls weights towards nothing; more keeps it from learning by heart.',
          ...ofSettings('weightDecay'),
        },
        {
          ...{ name: 'Moving average', least: 0, most: 0.999999, step: 'any' },
          about: 'Decay of the averaged weights that evaluation and the model use; 0 for none.',
          ...ofSettings('movingAverageDecay'),
        },
      ],
    ],
    [
      'Loss',
      [
        {
          ...{ name: 'Centre loss', ...factor },
          about: 'Share of the loss that draws the images of an identity together.',
          ...ofSoftmax('centreLossFactor'),
        },
        {
          ...{ name: 'Centres keep', ...share },
          about: 'How slowly the centres move: 0.95 keeps most of where they were.',
          ...ofSoftmax('centreLossAlfa'),
        },
        {
          ...{ name: 'Norm of the prelogits', ...factor },
          about: 'Share of the loss that keeps the values before the embedding small.',
          ...ofSoftmax('prelogitsNormFactor'),
        },
        {
          ...{ name: 'People of a round', ...count, least: 2 },
          about: 'Triplets are selected among images of so many people.',
          ...ofTriplets('peoplePerBatch'),
        },
        {
          ...{ name: 'Images of each', ...count, least: 2 },
          about: 'At most so many images of each of them.',
          ...ofTriplets('imagesPerPerson'),
        },
      ],
    ],
  ];

const ofAugmentation = (name: keyof Settings['augmentation']): Omit<SwitchParameter, 'name'> => ({
  of: ({ plan }) => plan.settings.augmentation[name],
  with: (request, value) =>
    withSettings(request, { augmentation: { ...request.plan.settings.augmentation, [name]: value } }),
});

/** What is done to an image before the network sees it. */
export const SWITCHES: readonly SwitchParameter[] = [
  { name: 'Random crop', ...ofAugmentation('randomCrop') },
  { name: 'Random flip', ...ofAugmentation('randomFlip') },
  { name: 'Turned by up to 10°', ...ofAugmentation('randomRotate') },
  {
    name: 'Each image standardised by itself',
    of: ({ plan }) => plan.settings.standardisation === 'per-image',
    with: (request, value) => withSettings(request, { standardisation: value ? 'per-image' : 'fixed' }),
  },
];

/** What is wrong with the numbers of a request, in a sentence; null where nothing is. */
export const problemOf = (request: RunRequest): string | null => {
  for (const [, parameters] of PARAMETER_GROUPS)
    for (const { name, least, most, step, of } of parameters) {
      const value = of(request);
      if (value === null) continue;
      if (!(value >= least && value <= most) || (step === 1 && !Number.isInteger(value)))
        return `“${name}” takes a ${step === 1 ? 'whole number' : 'number'} from ${String(least)} to ${String(most)}.`;
    }
  return request.plan.triplets !== null && request.plan.settings.batchSize % 3 !== 0
    ? 'A step of triplets takes a multiple of 3 images.'
    : null;
};
