import type { Lacking } from '../../contract/cleaning.ts';
import type { StudioClient } from '../../contract/studio.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { follow, type Begin, type Following } from '../follow.ts';
import { notesOf } from '../vectors.ts';
import { isWorkspace } from '../workspace/align.ts';
import { followWork } from '../workspace/follow-work.ts';
import { write } from '../workspace/output.ts';
import type { WorkspaceClient } from '../workspace/with-workspace.ts';
import { facesOf, vectorsOfWorkspace, type FaceOptions } from './options.ts';

/** Procedures about the labels of folders, and of workspaces. */
export type FolderClient = StudioClient['cleaning'];
export type WorkspaceCleaning = WorkspaceClient['cleaning'];

/** Follows work on faces that writes nothing; see `follow`. */
export const followFaces = <Report>(
  context: CommandContext,
  { json, quiet, verb }: Pick<Following, 'json' | 'quiet' | 'verb'>,
  work: Begin<StudioClient, Report>,
): Promise<Report | null> =>
  follow(
    context,
    { verb, unit: 'faces', stopped: 'Nothing was changed.', json, quiet },
    (use) => context.withStudio(use),
    work,
  );

/** What is asked of the faces of a folder, and the same of a workspace. */
export type Asking<Report> = {
  readonly ofFolder: (of: ReturnType<typeof facesOf>) => Begin<FolderClient, Report>;
  readonly ofWorkspace: (of: ReturnType<typeof vectorsOfWorkspace>) => Begin<WorkspaceCleaning, Report>;
};

const report = <Report extends Lacking>(
  folder: string,
  options: FaceOptions,
  context: CommandContext,
  { ofFolder, ofWorkspace }: Asking<Report>,
): Promise<Report | null> => {
  const following = { ...options, verb: 'Comparing' };
  if (!isWorkspace(folder)) {
    const begin = ofFolder(facesOf(folder, options));
    return followFaces(context, following, ({ cleaning }, signal) => begin(cleaning, signal));
  }
  const begin = ofWorkspace(vectorsOfWorkspace(folder, options));
  return followWork(context, folder, {
    ...following,
    access: 'write',
    unit: 'faces',
    stopped: 'No label was changed; vectors that were made are kept.',
    work: ({ cleaning }, signal) => begin(cleaning, signal),
  });
};

/** Asks of the faces of a folder or a workspace, writes what is answered, and says which faces have no vector. */
export const tellOfFaces = async <Report extends Lacking>(
  folder: string,
  options: FaceOptions,
  context: CommandContext,
  asking: Asking<Report> & { readonly linesOf: (report: Report) => readonly string[] },
): Promise<void> => {
  const found = await report(folder, options, context, asking);
  if (found === null) return;
  const { noFace, failed } = found;
  if (options.json) {
    const document = { ...found, failed: failed.map(({ file }) => file), problems: failed };
    context.terminal.out(`${JSON.stringify(document)}\n`);
  } else
    write(context.terminal, options, found, (told) => [
      ...asking.linesOf(told),
      ...notesOf({ noFace, failed, remade: [] }),
    ]);
  context.exit(failed.length > 0 ? EXIT.someFailed : EXIT.well);
};
