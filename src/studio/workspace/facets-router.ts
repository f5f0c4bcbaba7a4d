import { setImmediate as nextTurn } from 'node:timers/promises';
import { implement } from '@orpc/server';
import type { FaceFilter } from '../../contract/workspace-faces.ts';
import { workspaceFacetsContract } from '../../contract/workspace-facets.ts';
import { notFound } from '../failure.ts';
import type { CountedFacets } from '../faces/facets.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from './open.ts';
import { tilesOf } from './tiles.ts';
import { readViews, removeView, saveView } from './views.ts';

/** Faces that change all the time are counted at once after so many attempts. */
const MOST_COUNTS = 3;

/** Others are answered between: who asks for the next picture does not wait for histograms. @throws NOT_FOUND when it is closed meanwhile */
const facetsOf = async (workspace: Workspace, filter: FaceFilter): Promise<CountedFacets> => {
  for (let count = 1; count <= MOST_COUNTS; count += 1) {
    const revision = workspace.faces().revision();
    const facets = workspace.faces().facets(filter);
    while (revision === workspace.faces().revision()) {
      const known = facets.known();
      if (known !== null) return known;
      facets.step();
      await nextTurn();
      if (workspace.ended.aborted) throw notFound(`The workspace ${workspace.paths.folder} was closed.`);
    }
  }
  return workspace.faces().facets(filter).get();
};

/** Implements what the contract says of looking at very many faces. */
export const facetHandlers = ({ workspaces }: Studio) => {
  const os = implement(workspaceFacetsContract);
  return {
    facets: os.facets.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', async (workspace) => ({
        ...(await facetsOf(workspace, input.filter)),
        revision: workspace.revision(),
        identities: workspace.faces().identityFacet(input.filter, input.identities),
      })),
    ),
    facetIdentities: os.facetIdentities.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) =>
        workspace.faces().identityFacet(input.filter, input.identities),
      ),
    ),
    tiles: os.tiles.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', ({ catalogue, ...workspace }) => {
        const faces = workspace.faces();
        const list = faces.list(input.filter, input.sort);
        return {
          total: list.total,
          revision: workspace.revision(),
          tiles: tilesOf(catalogue, faces, list.page(input.offset, input.limit)),
        };
      }),
    ),
    placeOf: os.placeOf.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => {
        const faces = workspace.faces();
        const list = faces.list(input.filter, input.sort);
        return { place: list.placeOf(input.face), total: list.total, revision: workspace.revision() };
      }),
    ),
    facesBetween: os.facesBetween.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => {
        const faces = workspace.faces();
        const [from, to] = [Math.min(input.from, input.to), Math.max(input.from, input.to)];
        const list = faces.list(input.filter, input.sort);
        return { revision: workspace.revision(), faces: [...list.page(from, to - from + 1)] };
      }),
    ),
    covers: os.covers.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', ({ catalogue, ...workspace }) => {
        const faces = workspace.faces();
        return input.identities.map((identity) => {
          const cover = faces.cover(identity);
          return { identity, tile: cover === null ? null : (tilesOf(catalogue, faces, [cover])[0] ?? null) };
        });
      }),
    ),
    views: {
      list: os.views.list.handler(({ input }) =>
        workspaces.use(input.workspace, 'read', ({ catalogue }) => readViews(catalogue)),
      ),
      save: os.views.save.handler(({ input }) =>
        workspaces.use(input.workspace, 'write', ({ catalogue }) => saveView(catalogue, input.view)),
      ),
      remove: os.views.remove.handler(({ input }) =>
        workspaces.use(input.workspace, 'write', ({ catalogue }) => removeView(catalogue, input.name)),
      ),
    },
  };
};
