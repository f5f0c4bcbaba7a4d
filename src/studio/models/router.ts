import { implement } from '@orpc/server';
import { modelsContract } from '../../contract/models.ts';
import { AUTO_ENGINE } from '../engine/connection.ts';
import type { Studio } from '../studio.ts';
import { findWorkspace } from '../workspace/open.ts';
import { importModel, termsOf } from './import.ts';
import { listedOf, readRegistry, type ModelPlaces } from './registry.ts';

const placesOf = async (studio: Studio, workspace: string | null): Promise<ModelPlaces> => ({
  home: studio.home,
  workspace: workspace === null ? null : (await findWorkspace(workspace)).folder,
});

/** Implements what the contract says of models. */
export const createModelsRouter = (studio: Studio) => {
  const os = implement(modelsContract);
  return os.router({
    list: os.list.handler(async ({ input }) => {
      const { models, problems } = await readRegistry(await placesOf(studio, input.workspace));
      return { models: models.map(listedOf), problems: [...problems] };
    }),
    terms: os.terms.handler(({ input }) => termsOf(input.file)),
    import: os.import.handler(async ({ input, signal }) => {
      const places = await placesOf(studio, input.workspace);
      const engine = await studio.host.acquire(AUTO_ENGINE, signal);
      try {
        const { model, isNew } = await importModel(places, engine, input);
        return { model: listedOf(model), folder: model.folder, isNew };
      } finally {
        engine.release();
      }
    }),
  });
};
