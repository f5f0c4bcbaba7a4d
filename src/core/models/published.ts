/** A model that others published and that a person may import: what is known of it. */
export type PublishedModel = {
  readonly id: string;
  readonly title: string;
  readonly embeddingSize: number;
  /** How the seed says that its pictures were scaled (facenet's README and issues). */
  readonly standardisation: 'fixed' | 'per-image';
  readonly trainedOn: string;
  readonly terms: string;
};

const CODE = "facenet's code is under the MIT licence; its author attached no licence to the weights.";

/** The seed's pre-trained models (facenet's README, "Pre-trained models"). */
export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  {
    id: '20180402-114759',
    title: 'Inception-ResNet-v1, VGGFace2 (facenet 20180402-114759)',
    embeddingSize: 512,
    standardisation: 'fixed',
    trainedOn: 'VGGFace2: 3.3 million photos of 9,131 people from the web, who were not asked.',
    terms: `${CODE} VGGFace2 was given out for research, and its publisher has withdrawn it.`,
  },
  {
    id: '20180408-102900',
    title: 'Inception-ResNet-v1, CASIA-WebFace (facenet 20180408-102900)',
    embeddingSize: 512,
    standardisation: 'fixed',
    trainedOn: 'CASIA-WebFace: 494,414 photos of 10,575 people from a film database, who were not asked.',
    terms: `${CODE} CASIA-WebFace was given out for research that is not commercial.`,
  },
  {
    id: '20170512-110547',
    title: 'Inception-ResNet-v1, MS-Celeb-1M (facenet 20170512-110547)',
    embeddingSize: 128,
    standardisation: 'per-image',
    trainedOn: 'MS-Celeb-1M: photos of about 100,000 people from the web, who were not asked.',
    terms: `${CODE} MS-Celeb-1M was given out for research that is not commercial; its publisher withdrew it in 2019.`,
  },
];

/** Where they are published. */
export const PUBLISHED_AT =
  'David Sandberg, https://github.com/davidsandberg/facenet, section "Pre-trained models" of its README.';

/** What is said of a model that nobody here knows. */
export const UNKNOWN_MODEL = {
  published: 'Unknown: whoever imported it knows where it is from.',
  trainedOn: 'Unknown: ask whoever made it.',
  terms:
    'Unknown. A model of faces was trained on photos of people, who have rights in them: make sure that you may use it.',
} as const;

/** The published model that a file's name tells; null for another. */
export const publishedByName = (file: string): PublishedModel | null =>
  PUBLISHED_MODELS.find(({ id }) => file.includes(id)) ?? null;
