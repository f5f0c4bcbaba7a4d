import { createHash } from 'node:crypto';
import type { AlignSettings } from '../../contract/faces.ts';
import { canonicalSettings, PIPELINE_VERSION } from '../align/settings.ts';

const KEY_BYTES = 8;

/** What faces and crops depend on besides the photo's bytes: settings and pipeline. Other work, other key. */
export const workKeyOf = (settings: AlignSettings): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(JSON.stringify([PIPELINE_VERSION, canonicalSettings(settings)]))
      .digest()
      .subarray(0, KEY_BYTES),
  );

/** What a crop depends on: the work, and the geometry where a person drew it. */
export const cropKeyOf = (workKey: Uint8Array, geometry: Uint8Array | null): Uint8Array =>
  geometry === null
    ? workKey
    : new Uint8Array(createHash('sha256').update(workKey).update(geometry).digest().subarray(0, KEY_BYTES));
