import { implement } from '@orpc/server';
import { workspaceClustersContract } from '../../contract/workspace-clusters.ts';
import { clusterWorkspace } from '../clustering/cluster-workspace.ts';
import { conflictsOf } from '../clustering/conflicts-shown.ts';
import type { Desk } from '../clustering/desk.ts';
import { measuredOf } from '../clustering/desks.ts';
import { clusterOf, facesOf, groupOf, membersOf, orderedClusters } from '../clustering/groups-shown.ts';
import { evidenceOf } from '../clustering/merge-evidence.ts';
import { settingsOfWish } from '../clustering/settings-of-wish.ts';
import { stateOf } from '../clustering/state.ts';
import { tryParameters } from '../clustering/trial.ts';
import { cutOf } from '../clustering/cut-shown.ts';
import type { Editing } from '../edits/edit.ts';
import { findModel } from '../models/registry.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from './open.ts';
import { streamInWorkspace } from './stream.ts';
import { tilesOf } from './tiles.ts';

/** Faces of a group that its own page shows beside its list. */
const TILES = 12;

type Asked = { readonly workspace: string; readonly model?: string | undefined; readonly isFlipped: boolean };
type At = { readonly workspace: Workspace; readonly desk: Desk };

/** Implements what the contract says of the clusters of a workspace. */
export const clusterHandlers = (studio: Studio, editing: (workspace: Workspace) => Editing) => {
  const os = implement(workspaceClustersContract);
  const { workspaces, desks, home, now } = studio;
  const at = <Result>(
    { workspace: folder, model: id, isFlipped }: Asked,
    access: 'read' | 'write',
    work: (at: At) => Promise<Result>,
  ): Promise<Result> =>
    workspaces.use(folder, access, async (workspace) => {
      const model = await findModel({ home, workspace: workspace.paths.folder }, id);
      return work({ workspace, desk: desks.of(workspace, { model, isFlipped }) });
    });
  return {
    state: os.state.handler(({ input }) => at(input, 'read', ({ workspace, desk }) => stateOf(workspace, desk))),
    prepare: os.prepare.handler(async function* ({ input, signal }) {
      yield* await at(input, 'read', ({ workspace, desk }) =>
        Promise.resolve(
          streamInWorkspace(
            workspace,
            now,
            async (hooks) => {
              await desk.prepare(false, hooks);
              return { faces: (await desk.laid()).members.length };
            },
            signal,
          ),
        ),
      );
    }),
    run: os.run.handler(async function* ({ input, signal }) {
      const { engine, wish, stabilityRounds, isAnew, isListed, who } = input;
      yield* await at(input, 'write', ({ workspace, desk }) =>
        Promise.resolve(
          streamInWorkspace(
            workspace,
            now,
            (hooks) =>
              clusterWorkspace(
                { studio, workspace, editing: editing(workspace), desk },
                { kind: desk.kind, engine, wish, stabilityRounds, isAnew, isListed, who },
                hooks,
              ),
            signal,
          ),
        ),
      );
    }),
    try: os.try.handler(async function* ({ input, signal }) {
      yield* await at(input, 'read', ({ workspace, desk }) =>
        Promise.resolve(
          streamInWorkspace(
            workspace,
            now,
            (hooks) =>
              tryParameters(workspace, desk, settingsOfWish(input.wish, measuredOf(desk.kind)), hooks),
            signal,
          ),
        ),
      );
    }),
    groups: os.groups.handler(({ input }) =>
      at(input, 'read', async ({ workspace, desk }) => {
        const laid = await desk.laid();
        const clusters = orderedClusters(workspace, laid, input);
        return {
          revision: laid.revision,
          total: clusters.length,
          groups: clusters
            .slice(input.offset, input.offset + input.limit)
            .map((cluster) => groupOf(workspace, laid, cluster, input.tiles)),
        };
      }),
    ),
    group: os.group.handler(({ input }) =>
      at(input, 'read', async ({ workspace, desk }) => {
        const laid = await desk.laid();
        const cluster = clusterOf(laid, input.face);
        const faces = facesOf(laid, cluster).slice(input.offset, input.offset + input.limit);
        return {
          revision: laid.revision,
          group: groupOf(workspace, laid, cluster, TILES),
          tiles: tilesOf(workspace.catalogue, workspace.faces(), faces),
        };
      }),
    ),
    members: os.members.handler(({ input }) =>
      at(input, 'read', async ({ desk }) => {
        const laid = await desk.laid();
        return [...facesOf(laid, clusterOf(laid, input.face))];
      }),
    ),
    suggestions: os.suggestions.handler(({ input }) =>
      at(input, 'read', async ({ workspace, desk }) => {
        const laid = await desk.laid();
        const page = laid.suggestions.slice(input.offset, input.offset + input.limit);
        return {
          revision: laid.revision,
          total: laid.suggestions.length,
          suggestions: await Promise.all(
            page.map(({ clusters, distance }) => evidenceOf(workspace, desk, laid, clusters, distance)),
          ),
        };
      }),
    ),
    compare: os.compare.handler(({ input }) =>
      at(input, 'read', async ({ workspace, desk }) => {
        const laid = await desk.laid();
        const [one, other] = input.faces;
        return evidenceOf(workspace, desk, laid, [clusterOf(laid, one), clusterOf(laid, other)]);
      }),
    ),
    cut: os.cut.handler(({ input }) =>
      at(input, 'read', async ({ workspace, desk }) => {
        const laid = await desk.laid();
        const faces = membersOf(laid, clusterOf(laid, input.face));
        return cutOf(workspace, desk, laid, faces, input.distance);
      }),
    ),
    conflicts: os.conflicts.handler(({ input }) =>
      at(input, 'read', async ({ workspace, desk }) => {
        const laid = await desk.laid();
        return { revision: laid.revision, ...conflictsOf(workspace, laid, input.limit) };
      }),
    ),
  };
};
