import { implement } from '@orpc/server';
import { workspaceClustersContract } from '../../contract/workspace-clusters.ts';
import { clusterWorkspace } from '../clustering/cluster-workspace.ts';
import { conflictsOf } from '../clustering/conflicts-shown.ts';
import type { Desk, Laid } from '../clustering/desk.ts';
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

/** Does something at the desk of the vectors that are asked for. */
type UseDesk = <Result>(
  asked: Asked,
  access: 'read' | 'write',
  work: (at: At) => Promise<Result> | Result,
) => Promise<Result>;

const os = implement(workspaceClustersContract);

/** What takes its time. */
const workHandlers = (studio: Studio, use: UseDesk, editing: (workspace: Workspace) => Editing) => {
  const { now } = studio;
  return {
    prepare: os.prepare.handler(async function* ({ input, signal }) {
      yield* await use(input, 'read', ({ workspace, desk }) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) => {
            await desk.prepare(false, hooks);
            return { faces: (await desk.laid()).members.length };
          },
          signal,
        ),
      );
    }),
    run: os.run.handler(async function* ({ input, signal }) {
      const { engine, wish, stabilityRounds, isAnew, isListed, who } = input;
      yield* await use(input, 'write', ({ workspace, desk }) =>
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
      );
    }),
    try: os.try.handler(async function* ({ input, signal }) {
      yield* await use(input, 'read', ({ workspace, desk }) =>
        streamInWorkspace(
          workspace,
          now,
          (hooks) => tryParameters(workspace, desk, settingsOfWish(input.wish, measuredOf(desk.kind)), hooks),
          signal,
        ),
      );
    }),
  };
};

/** What is answered at once from the clusters of now. */
const lookHandlers = (use: UseDesk) => {
  /** Reads the clusters of now. */
  const look = <Result>(
    asked: Asked,
    work: (at: At & { readonly laid: Laid }) => Promise<Result> | Result,
  ): Promise<Result> =>
    use(asked, 'read', async ({ workspace, desk }) => work({ workspace, desk, laid: await desk.laid() }));
  return {
    groups: os.groups.handler(({ input }) =>
      look(input, ({ workspace, laid }) => {
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
      look(input, ({ workspace, laid }) => {
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
      look(input, ({ laid }) => [...facesOf(laid, clusterOf(laid, input.face))]),
    ),
    suggestions: os.suggestions.handler(({ input }) =>
      look(input, async ({ workspace, desk, laid }) => {
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
      look(input, ({ workspace, desk, laid }) => {
        const [one, other] = input.faces;
        return evidenceOf(workspace, desk, laid, [clusterOf(laid, one), clusterOf(laid, other)]);
      }),
    ),
    cut: os.cut.handler(({ input }) =>
      look(input, ({ workspace, desk, laid }) => {
        const faces = membersOf(laid, clusterOf(laid, input.face));
        return cutOf(workspace, desk, laid, faces, input.distance);
      }),
    ),
    conflicts: os.conflicts.handler(({ input }) =>
      look(input, ({ workspace, laid }) => ({
        revision: laid.revision,
        ...conflictsOf(workspace, laid, input.limit),
      })),
    ),
  };
};

/** Implements what the contract says of the clusters of a workspace. */
export const clusterHandlers = (studio: Studio, editing: (workspace: Workspace) => Editing) => {
  const { workspaces, desks, home } = studio;
  const use: UseDesk = ({ workspace: folder, model: id, isFlipped }, access, work) =>
    workspaces.use(folder, access, async (workspace) => {
      const model = await findModel({ home, workspace: workspace.paths.folder }, id);
      return work({ workspace, desk: desks.of(workspace, { model, isFlipped }) });
    });
  return {
    state: os.state.handler(({ input }) =>
      use(input, 'read', ({ workspace, desk }) => stateOf(workspace, desk)),
    ),
    ...workHandlers(studio, use, editing),
    ...lookHandlers(use),
  };
};
