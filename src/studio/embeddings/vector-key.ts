import { createHash } from 'node:crypto';
import type { LoadableModel } from '../../contract/models.ts';
import { PIPELINE_VERSION } from '../align/settings.ts';
import { packGeometry, type FaceGeometry } from '../edits/geometry.ts';

/** Bytes of a key. */
export const KEY_BYTES = 16;

/**
 * What a vector was made of, besides the model: the photo's content, where its face lies, and the pipeline that cuts it out. Equal keys, equal
 * vectors; an edit of the face has another key, and taking the edit back has the first one again.
 */
export const vectorKeyOf = (photoSha256: Uint8Array, geometry: FaceGeometry): Buffer =>
  createHash('sha256')
    .update(photoSha256)
    .update(packGeometry(geometry))
    .update(String(PIPELINE_VERSION))
    .digest()
    .subarray(0, KEY_BYTES);

const DIGITS = 12;

/** The name of the folder that holds a model's vectors: its id, and a digest of all that its vectors depend on. */
export const variantOf = (id: string, { model, weights }: LoadableModel, isFlipped: boolean): string => {
  const digest = createHash('sha256')
    .update(JSON.stringify([model, weights.sha256, isFlipped]))
    .digest('hex')
    .slice(0, DIGITS);
  return `${id}${isFlipped ? '-flipped' : ''}-${digest}`;
};
