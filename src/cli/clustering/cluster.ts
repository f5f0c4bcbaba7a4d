import type { Command } from 'commander';
import type { ClusterReport } from '../../contract/clustering.ts';
import type { WorkspaceClusterReport } from '../../contract/workspace-clusters.ts';
import { whoAmI } from '../../node/user-name.ts';
import { followFaces } from '../cleaning/follow.ts';
import { addFaceOptions, facesOf, vectorsOfWorkspace, type FaceOptions } from '../cleaning/options.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { UsageError } from '../usage.ts';
import { isWorkspace } from '../workspace/align.ts';
import { followWork } from '../workspace/follow-work.ts';
import { write } from '../workspace/output.ts';
import { documentOf, folderLines, workspaceLines } from './report.ts';
import { addWishOptions, stabilityRoundsOf, wishOf, type WishOptions } from './wish.ts';

type Options = WishOptions & FaceOptions & { readonly output?: string; readonly anew: boolean };

const HELP = `
Groups the faces of a folder or of a workspace by who they look like. A face that looks like nobody else is a cluster of one: none is left out.

  dbscan            faces at most --eps apart are neighbours (Euclidean distance of the embeddings), and with --min-samples of them, itself
                    counted, a face is in the midst of a cluster; facenet's cluster.py
  chinese-whispers  faces whose cosine is above --threshold speak for each other's cluster, --iterations times; facenet's clustering.py
  hdbscan           clusters of any density, of --min-cluster-size faces or more

A folder is taken as aligned when facenet-studio.json or a bounding_boxes_*.txt is in it; otherwise its pictures are photos, and in each the face
that "align" would choose is taken. With --embeddings nothing is embedded. With --output every cluster becomes a folder 0, 1, 2, ... with copies of its
files, the largest first. The folder itself is never changed. Where faces bear names, in a folder those of the folders that they lie in, the clusters are
measured by them: precision, recall and F of pairs, BCubed, NMI.

A workspace keeps its clusters, and obeys everything that was decided of its faces; a run is one step of its history, which "undo" takes back. Asked
again with the same parameters, only faces that came since join the clusters or begin some; --anew clusters all of them.

Examples:
  facenet-studio cluster photos --output people
  facenet-studio cluster my-workspace --algorithm chinese-whispers
  facenet-studio cluster crops --embeddings crops.npy --algorithm dbscan --eps 0.9
  facenet-studio cluster crops --algorithm hdbscan --min-cluster-size 3 --json

Exit codes: 0 all well (a photo without a face is a result), 3 some files could not be embedded or copied, 1 failed, 2 wrong usage.`;

const clusterFolder = async (folder: string, options: Options, context: CommandContext): Promise<void> => {
  const { output = null } = options;
  const wish = wishOf(options);
  if (options.anew) throw new UsageError('--anew is for workspaces: a folder is always clustered whole.');
  const request = {
    of: facesOf(folder, options),
    wish,
    stabilityRounds: stabilityRoundsOf(options),
    output,
  };
  const report = await followFaces<ClusterReport>(
    context,
    { ...options, verb: 'Clustering' },
    ({ clustering }, signal) => clustering.run(request, { signal }),
  );
  if (report === null) return;
  if (options.json) context.terminal.out(`${JSON.stringify(documentOf(report))}\n`);
  else write(context.terminal, options, report, folderLines);
  context.exit(report.failed.length > 0 ? EXIT.someFailed : EXIT.well);
};

const clusterWorkspace = async (
  workspace: string,
  options: Options,
  context: CommandContext,
): Promise<void> => {
  const wish = wishOf(options);
  const vectors = vectorsOfWorkspace(workspace, options);
  if (options.output !== undefined)
    throw new UsageError(`${workspace} is a workspace, which keeps its clusters: leave --output out.`);
  const report = await followWork<WorkspaceClusterReport>(context, workspace, {
    ...options,
    access: 'write',
    verb: 'Clustering',
    unit: 'faces',
    stopped: 'No cluster was changed; vectors that were made are kept.',
    work: (client, signal) =>
      client.clusters.run(
        {
          ...vectors,
          wish,
          stabilityRounds: stabilityRoundsOf(options),
          isAnew: options.anew,
          isListed: true,
          who: whoAmI(),
        },
        { signal },
      ),
  });
  if (report === null) return;
  if (options.json) context.terminal.out(`${JSON.stringify(documentOf(report))}\n`);
  else write(context.terminal, options, report, workspaceLines);
  context.exit(report.failed.length > 0 ? EXIT.someFailed : EXIT.well);
};

/** Adds `cluster` to the program. */
export const registerCluster = (program: Command, context: CommandContext): void => {
  const command = program
    .command('cluster')
    .description('Group faces by who they look like.')
    .argument('<folder>', 'folder of crops or photos, or a workspace');
  addFaceOptions(
    addWishOptions(command)
      .option('--output <folder>', 'a new or an empty folder that gets a folder for each cluster')
      .option('--anew', 'workspace: cluster all faces again, also where only some came since', false),
  )
    .addHelpText('after', HELP)
    .action((folder: string, options: Options) =>
      isWorkspace(folder)
        ? clusterWorkspace(folder, options, context)
        : clusterFolder(folder, options, context),
    );
};
