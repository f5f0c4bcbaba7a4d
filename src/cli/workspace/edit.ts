import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FaceState, type FaceSelection } from '../../contract/workspace-faces.ts';
import type { EditCommand, EditEffect } from '../../contract/workspace-edits.ts';
import { whoAmI } from '../../node/user-name.ts';
import type { CommandContext } from '../context.ts';
import { CommandError } from '../failure.ts';
import { choiceOption, UsageError } from '../usage.ts';
import { counted } from '../words.ts';
import { addFilterOptions, filterOf, identityByName, type FilterOptions } from './filters.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';
import { withWorkspace, type WorkspaceClient } from './with-workspace.ts';

type EditOptions = OutputOptions & { readonly dryRun: boolean };
type SelectionOptions = EditOptions & FilterOptions & { readonly faces?: string; readonly all: boolean };

const addEditOptions = (command: Command): Command =>
  addOutputOptions(command).option('--dry-run', 'say what would change, and change nothing', false);

const addSelectionOptions = (command: Command): Command =>
  addEditOptions(addFilterOptions(command))
    .option('--faces <ids>', 'these faces, with commas between')
    .option('--all', 'every face of the workspace', false);

const idsOf = (text: string): number[] =>
  text.split(',').map((part) => {
    const id = Number(part.trim());
    if (Number.isInteger(id) && id > 0) return id;
    throw new UsageError(`--faces takes numbers with commas between, like 3,17,42, not "${text}".`);
  });

/** Which faces: by number, or by filter; never all of them by an oversight. @throws UsageError */
const selectionOf = async (
  client: WorkspaceClient,
  workspace: string,
  options: SelectionOptions,
): Promise<FaceSelection> => {
  const filter = await filterOf(client, workspace, options);
  const { ranges, ...rest } = filter;
  const isFiltered = Object.keys(rest).length > 0 || Object.keys(ranges ?? {}).length > 0;
  if (options.faces !== undefined) {
    if (isFiltered || options.all)
      throw new UsageError('Choose faces by --faces, by filters or by --all, not by two of them.');
    return { faces: idsOf(options.faces) };
  }
  if (!isFiltered && !options.all)
    throw new UsageError('No faces are chosen: use --faces, a filter, or --all.');
  return { filter, except: [] };
};

type Shown = EditEffect & { readonly sequence?: number | null };

const linesOf = (effect: Shown, isDryRun: boolean): readonly string[] => {
  if (effect.faces === 0 && effect.sequence === null) return ['Nothing to change.'];
  if (!isDryRun) return [effect.label];
  const faces = counted(effect.faces, 'face', 'faces');
  return [
    `Would do: ${effect.label}`,
    `${faces} of ${counted(effect.identities, 'identity', 'identities')}: ${effect.firstFaces.join(', ')}${effect.faces > effect.firstFaces.length ? ' …' : ''}`,
  ];
};

const doEdit = async (
  workspace: string,
  options: EditOptions,
  context: CommandContext,
  commandOf: (client: WorkspaceClient) => Promise<EditCommand>,
): Promise<void> => {
  const access = options.dryRun ? 'read' : 'write';
  const effect: Shown = await withWorkspace(context, workspace, access, async (client, signal) => {
    const command = await commandOf(client);
    return options.dryRun
      ? client.preview({ workspace, command }, { signal })
      : client.edit({ workspace, command, who: whoAmI() }, { signal });
  });
  write(context.terminal, options, effect, (shown) => linesOf(shown, options.dryRun));
};

/** Adds `mark` to the program. */
export const registerMark = (program: Command, context: CommandContext): void => {
  addSelectionOptions(
    program
      .command('mark')
      .description('Say what faces are: confirmed, rejected, not a face, unusable, ignored, unreviewed.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<state>', FaceState.options.join(', ')),
  ).action((workspace: string, state: string, options: SelectionOptions) =>
    doEdit(workspace, options, context, async (client) => ({
      kind: 'mark',
      state: choiceOption('<state>', state, FaceState.options),
      selection: await selectionOf(client, workspace, options),
    })),
  );
};

type MoveOptions = SelectionOptions & { readonly to?: string; readonly toNobody: boolean };

/** Adds `move` to the program. */
export const registerMove = (program: Command, context: CommandContext): void => {
  addSelectionOptions(
    program
      .command('move')
      .description('Move faces to an identity, one that is there or a new one.')
      .argument('<workspace>', 'folder of the workspace')
      .option('--to <name>', 'the identity; made when there is none of that name')
      .option('--to-nobody', 'take their identity away', false),
  ).action((workspace: string, options: MoveOptions) =>
    doEdit(workspace, options, context, async (client) => {
      if ((options.to === undefined) !== options.toNobody)
        throw new UsageError('Say where the faces go: --to <name>, or --to-nobody.');
      const selection = await selectionOf(client, workspace, options);
      return {
        kind: 'move',
        selection,
        to: options.to === undefined ? null : { name: options.to },
      };
    }),
  );
};

/** Adds `split` to the program. */
export const registerSplit = (program: Command, context: CommandContext): void => {
  addSelectionOptions(
    program
      .command('split')
      .description('Split faces off as a new identity.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<name>', 'name of the new identity'),
  ).action((workspace: string, name: string, options: SelectionOptions) =>
    doEdit(workspace, options, context, async (client) => ({
      kind: 'split',
      name,
      selection: await selectionOf(client, workspace, options),
    })),
  );
};

/** Adds `rename` to the program. */
export const registerRename = (program: Command, context: CommandContext): void => {
  addEditOptions(
    program
      .command('rename')
      .description('Give an identity another name.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<identity>', 'its name')
      .argument('<name>', 'its new name'),
  ).action((workspace: string, identity: string, name: string, options: EditOptions) =>
    doEdit(workspace, options, context, async (client) => ({
      kind: 'rename',
      identity: await identityByName(client, workspace, identity),
      name,
    })),
  );
};

/** Adds `merge` to the program. */
export const registerMerge = (program: Command, context: CommandContext): void => {
  addEditOptions(
    program
      .command('merge')
      .description('Make several identities one.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<identity...>', 'their names')
      .requiredOption('--into <name>', 'the identity that they become part of'),
  ).action((workspace: string, names: readonly string[], options: EditOptions & { readonly into: string }) =>
    doEdit(workspace, options, context, async (client) => {
      const identities: number[] = [];
      for (const name of names) identities.push(await identityByName(client, workspace, name));
      return { kind: 'merge', identities, into: await identityByName(client, workspace, options.into) };
    }),
  );
};

/** The folder of a workspace that somebody named, as it stands there or by the path to it. @throws CommandError */
const sourceByFolder = async (
  client: WorkspaceClient,
  workspace: string,
  folder: string,
): Promise<number> => {
  const { sources } = await client.status({ workspace });
  // One that is offline has no real path.
  const real = await realpath(folder).catch(() => resolve(folder));
  const found = sources.find((source) => source.folder === real || source.folder === folder);
  if (found !== undefined) return found.id;
  const known = sources.map((source) => source.folder).join(', ');
  throw new CommandError(
    'UNUSABLE',
    `${folder} is not a folder of ${workspace}: ${known === '' ? 'it has none' : `it has ${known}`}.`,
  );
};

/** Adds `remove` to the program. */
export const registerRemove = (program: Command, context: CommandContext): void => {
  addEditOptions(
    program
      .command('remove')
      .description('Take a folder out of a workspace. Its photos stay where they are; undo brings it back.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<folder>', 'folder that was added'),
  ).action((workspace: string, folder: string, options: EditOptions) =>
    doEdit(workspace, options, context, async (client) => ({
      kind: 'remove-source',
      source: await sourceByFolder(client, workspace, folder),
    })),
  );
};
