import { readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { RecentWorkspace } from '../../contract/workspace-recent.ts';
import { createTurns } from '../../core/jobs/turns.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';
import { sha256 } from '../align/settings.ts';
import { systemCode } from '../failure.ts';
import { createSignal, type Signal } from '../streams.ts';

const MOST_RECENT = 20;
const ID_DIGITS = 16;
const RecentFile = z.strictObject({ format: z.literal(1), workspaces: z.array(RecentWorkspace) });

/** The workspaces that were opened from a window, remembered from one start to the next. */
export type RecentWorkspaces = {
  readonly changes: Signal;
  /** Most recently opened first, as far as they were read. */
  known(): readonly RecentWorkspace[] | null;
  /** The same, read at the first call. */
  list(): Promise<readonly RecentWorkspace[]>;
  /** Puts a workspace first. `folder` is a real path. */
  note(folder: string): Promise<void>;
  forget(id: string): Promise<void>;
};

/** What stands for the workspace in a folder, a real path, in the addresses of pictures. */
export const workspaceId = (folder: string): string => sha256(folder).slice(0, ID_DIGITS);

const readRecent = async (
  file: string,
  report: (error: unknown) => void,
): Promise<readonly RecentWorkspace[]> => {
  try {
    return RecentFile.parse(JSON.parse(await readFile(file, 'utf8'))).workspaces;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
    report(
      new Error(`${file} is damaged; it was renamed and the list of recent workspaces begins anew.`, {
        cause: error,
      }),
    );
    await rename(file, `${file}.damaged`);
    return [];
  }
};

/** The recent workspaces that are noted in the program's data folder. */
export const createRecentWorkspaces = (home: string, report: (error: unknown) => void): RecentWorkspaces => {
  const file = join(home, 'workspaces.json');
  const changes = createSignal();
  const inTurn = createTurns(1);
  let known: readonly RecentWorkspace[] | null = null;
  const list = async (): Promise<readonly RecentWorkspace[]> => (known ??= await readRecent(file, report));
  const put = async (workspaces: readonly RecentWorkspace[]): Promise<void> => {
    await makeFolder(home);
    await writeTextDurably(file, `${JSON.stringify({ format: 1, workspaces }, null, 2)}\n`);
    known = workspaces;
    changes.notify();
  };
  return {
    changes,
    known: () => known,
    list: () => inTurn(list),
    note: (folder) =>
      inTurn(async () => {
        const id = workspaceId(folder);
        const others = (await list()).filter((other) => other.id !== id);
        await put([{ id, name: basename(folder), folder }, ...others].slice(0, MOST_RECENT));
      }),
    forget: (id) =>
      inTurn(async () => {
        await put((await list()).filter((other) => other.id !== id));
      }),
  };
};
