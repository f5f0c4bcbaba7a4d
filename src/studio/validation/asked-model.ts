import type { Preprocessing } from '../../contract/models.ts';
import type { VectorSource } from '../../contract/validation.ts';
import { findModel, type ModelPlaces, type RegisteredModel } from '../models/registry.ts';

/** Vectors that a model makes. */
export type ByModel = Extract<VectorSource, { kind: 'model' }>;

/** The plain vectors of a model. @param model null for the one that comes with the program */
export const byModel = (model: string | null): ByModel => ({
  ...{ kind: 'model', model },
  isFlipped: false,
  standardisation: null,
});

/** `facenet.fixed_image_standardization`. */
const FIXED: Preprocessing['standardisation'] = { kind: 'fixed', mean: [127.5, 127.5, 127.5], scale: 128 };

/** The model that was asked for, with the standardisation that was asked for, and what is odd about that. @throws UNUSABLE */
export const findAskedModel = async (
  places: ModelPlaces,
  { model: id, standardisation }: ByModel,
): Promise<{ readonly model: RegisteredModel; readonly remarks: readonly string[] }> => {
  const model = await findModel(places, id ?? undefined);
  const { manifest } = model;
  const { preprocessing } = manifest.model;
  if (standardisation === null || JSON.stringify(preprocessing.standardisation) === JSON.stringify(FIXED)) {
    return { model, remarks: [] };
  }
  const changed = { ...manifest.model, preprocessing: { ...preprocessing, standardisation: FIXED } };
  return {
    model: { ...model, manifest: { ...manifest, model: changed } },
    remarks: [
      `${manifest.id} was made for another standardisation than --use-fixed-image-standardization gives it: these are not its own figures.`,
    ],
  };
};

/** Numbers in a row. */
export const rowLength = ({ manifest }: RegisteredModel, { isFlipped }: ByModel): number =>
  manifest.model.dimensions * (isFlipped ? 2 : 1);
