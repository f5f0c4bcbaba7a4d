import { existsSync } from 'node:fs';
import { cp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogueDigest } from '../../src/studio/edits/digest.ts';
import { runCommand, type Bench, type Command } from './harness/command.ts';
import { putPhotos } from './photos.ts';
import {
  CATALOGUE,
  defectsOf,
  defectsOfSteps,
  isLock,
  isSame,
  linesOf,
  saidSteps,
  withCopy,
} from './workspace-state.ts';

const WORK = 'disk/work';
/** Commands about workspaces by name, in the order in which each makes what the next one needs. */
export const WORKSPACE_COMMANDS = {
  init: { args: ['init', WORK], isRepeatable: false, isEdit: false, code: 0 },
  add: { args: ['add', WORK, 'PHOTOS'], isRepeatable: true, isEdit: false, code: 0 },
  scan: { args: ['scan', WORK], isRepeatable: true, isEdit: false, code: 0 },
  // One photo is damaged.
  align: { args: ['align', WORK, '--quiet'], isRepeatable: true, isEdit: false, code: 3 },
  mark: { args: ['mark', WORK, 'confirmed', '--identity', 'ann'], isRepeatable: true, isEdit: true, code: 0 },
  move: { args: ['move', WORK, '--faces', '1', '--to', 'Cy'], isRepeatable: true, isEdit: true, code: 0 },
  merge: { args: ['merge', WORK, 'Cy', '--into', 'bob'], isRepeatable: false, isEdit: true, code: 0 },
  undo: { args: ['undo', WORK], isRepeatable: false, isEdit: true, code: 0 },
  redo: { args: ['redo', WORK], isRepeatable: false, isEdit: true, code: 0 },
} as const;
/** All of them, and a window that is open while many edits are made. */
export type WorkspaceCommand = keyof typeof WORKSPACE_COMMANDS | 'edits';

const environment = (folder: string): Readonly<Record<string, string>> => ({
  FACENET_STUDIO_HOME: join(folder, 'home'),
});

/** Puts a workspace that is there already into a new folder; with null there is none yet. */
const beginningWith =
  (stage: string | null) =>
  async (folder: string): Promise<void> => {
    if (stage !== null) await cp(join(stage, 'disk'), join(folder, 'disk'), { recursive: true });
  };

const sessionOf = async (editor: string, stage: string, trial: string): Promise<Command> => {
  const command: Command = {
    argv: [editor, WORK],
    writes: 'disk',
    exitCodes: { whole: 0, stopped: 1 },
    prepare: beginningWith(stage),
    digest: (folder) => linesOf(join(folder, WORK)),
  };
  const begin = await withCopy(join(stage, WORK), (catalogue) => catalogueDigest(catalogue));
  await beginningWith(stage)(trial);
  const { code, out, error } = await runCommand(command, trial);
  if (code !== 0) throw new Error(`The editor ends with code ${String(code)}: ${error}`);
  const steps = new Map([
    [1, begin],
    ...saidSteps(out).map(({ sequence, digest }) => [sequence, digest] as const),
  ]);
  return { ...command, defects: (folder, { said }) => defectsOfSteps(join(folder, WORK), steps, said) };
};

/**
 * Makes photos and, one after the other with each command, the workspaces that the next one begins with; gives the commands as faults
 * strike them. A command that cannot be given twice is followed by `scan` where it was done before the fault came.
 */
export const workspaceCommands = async (
  bench: Bench,
  { commandLine, editor }: { readonly commandLine: string; readonly editor: string },
): Promise<ReadonlyMap<WorkspaceCommand, Command>> => {
  const photos = join(bench.folder, 'photos');
  await mkdir(photos);
  await putPhotos(photos);
  const stageOf = (name: string): string => join(bench.folder, 'stages', name);
  const commands = new Map<WorkspaceCommand, Command>();
  const add = async (
    name: keyof typeof WORKSPACE_COMMANDS,
    {
      args,
      isRepeatable,
      isEdit,
      code,
    }: Omit<(typeof WORKSPACE_COMMANDS)[keyof typeof WORKSPACE_COMMANDS], 'args'> & {
      readonly args: readonly string[];
    },
    begin: string | null,
  ): Promise<string> => {
    const before = isEdit && begin !== null ? await linesOf(join(begin, WORK)) : null;
    const argv = [commandLine, ...args.map((arg) => arg.replace('PHOTOS', photos))];
    const command: Command = {
      argv,
      writes: 'disk',
      exitCodes: { whole: code, stopped: 1 },
      environment,
      prepare: beginningWith(begin),
      digest: (folder) => linesOf(join(folder, WORK)),
      defects: (folder, { whole, said }) => defectsOf(join(folder, WORK), whole, { said, before }),
      async again(folder, whole) {
        const work = join(folder, WORK);
        if (isRepeatable || !existsSync(join(work, CATALOGUE))) return argv;
        const lines = (await linesOf(work)).filter((line) => !isLock(line));
        // Whoever opens it next for writing removes the lock of the dead.
        return isSame(lines, whole) ? [commandLine, 'scan', WORK] : argv;
      },
    };
    commands.set(name, command);
    const stage = stageOf(name);
    await mkdir(join(stage, 'disk'), { recursive: true });
    await beginningWith(begin)(stage);
    const ended = await runCommand(command, stage);
    if (ended.code !== code) throw new Error(`${name} ends with code ${String(ended.code)}: ${ended.error}`);
    return stage;
  };
  const { init, add: addFolder, scan, ...others } = WORKSPACE_COMMANDS;
  await rename(join(photos, 'bob', '2.png'), join(bench.folder, '2.png'));
  let stage = await add('init', init, null);
  stage = await add('add', addFolder, stage);
  // So that a scan finds one file more, and another one moved.
  await rename(join(bench.folder, '2.png'), join(photos, 'bob', '2.png'));
  await rename(join(photos, 'ann', '2.jpg'), join(photos, 'ann', '3.jpg'));
  stage = await add('scan', scan, stage);
  for (const [name, how] of Object.entries(others))
    // The keys of a literal record, whose type Object.entries forgets.
    stage = await add(name as keyof typeof others, how, stage);
  const trial = stageOf('edits');
  await mkdir(join(trial, 'disk'), { recursive: true });
  commands.set('edits', await sessionOf(editor, stageOf('align'), trial));
  return commands;
};
