import { implement } from '@orpc/server';
import { workspaceContract, type ScanReport } from '../../contract/workspace.ts';
import { streamIngest } from '../ingest/stream.ts';
import type { Studio } from '../studio.ts';
import { addSource } from './add-source.ts';
import { editingHandlers, editingOf } from './editing-handlers.ts';
import { facetHandlers } from './facets-router.ts';
import { careHandlers } from './care-router.ts';
import { cleaningHandlers } from './cleaning-router.ts';
import { clusterHandlers } from './clusters-router.ts';
import { embedHandlers } from './embed-router.ts';
import { exportHandlers } from './export-router.ts';
import { ledgerHandlers } from './ledger-router.ts';
import { followStatus } from './follow-status.ts';
import type { Workspace } from './open.ts';
import { openingHandlers } from './opening.ts';
import { photoHandlers } from './photo-handlers.ts';
import { scanSource, type ScanOptions } from './scan.ts';
import { noiseOf } from './noise.ts';
import { keptSources } from './sources.ts';
import { readStatus } from './status.ts';
import { summariesOf } from './summaries.ts';
import { searchHandlers } from './search-router.ts';
import { suspectHandlers } from './suspects-router.ts';

const scanAll = async (workspace: Workspace, options: ScanOptions): Promise<ScanReport[]> => {
  const reports: ScanReport[] = [];
  for (const source of keptSources(workspace.catalogue))
    reports.push(await scanSource(workspace, source, options));
  return reports;
};

/** Implements what the contract says of workspaces. */
export const createWorkspaceRouter = (studio: Studio) => {
  const os = implement(workspaceContract);
  const { workspaces } = studio;
  const editing = editingOf(studio);
  return os.router({
    ...openingHandlers(studio),
    ...ledgerHandlers(studio),
    ...photoHandlers(studio),
    ...embedHandlers(studio),
    ...searchHandlers(studio),
    clusters: clusterHandlers(studio, editing),
    cleaning: cleaningHandlers(studio),
    suspects: suspectHandlers(studio),
    status: os.status.handler(({ input }) => workspaces.use(input.workspace, 'read', readStatus)),
    watch: os.watch.handler(async function* ({ input, signal }) {
      yield* followStatus(workspaces, input.workspace, signal);
    }),
    addSource: os.addSource.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', (workspace) =>
        addSource(workspace, editing(workspace), input),
      ),
    ),
    scan: os.scan.handler(({ input, signal }) =>
      workspaces.use(input.workspace, 'write', (workspace) =>
        scanAll(workspace, { signal, isRemovalConfirmed: input.isRemovalConfirmed }),
      ),
    ),
    align: os.align.handler(async function* ({ input, signal }) {
      const folder = await workspaces.use(input.workspace, 'write', ({ paths }) => paths.folder);
      yield* streamIngest(studio, folder, input.engine, signal);
    }),
    startAlign: os.startAlign.handler(async ({ input }) => {
      const folder = await workspaces.use(input.workspace, 'write', ({ paths }) => paths.folder);
      return { job: studio.alignments.start(folder, { scope: 'all', choice: input.engine, isKept: true }) };
    }),
    faces: os.faces.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => {
        const index = workspace.faces();
        const list = index.list(input.filter, input.sort);
        const ids = list.page(input.offset, input.limit);
        return {
          total: list.total,
          revision: workspace.revision(),
          faces: [...summariesOf(workspace.catalogue, index, ids)],
        };
      }),
    ),
    identities: os.identities.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => {
        const index = workspace.faces();
        const people = index.people();
        const ranks = index.ranks();
        return [...index.counts().identities]
          .filter(([id]) => id !== 0)
          .sort(([a], [b]) => (ranks[a] ?? 0) - (ranks[b] ?? 0))
          .map(([id, count]) => ({ id, name: people.nameOf(id), faces: count }));
      }),
    ),
    noise: os.noise.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => noiseOf(workspace, input)),
    ),
    ...editingHandlers(studio),
    ...facetHandlers(studio),
    ...careHandlers(studio),
    ...exportHandlers(studio, editing),
  });
};
