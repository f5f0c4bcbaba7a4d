import { appendFile, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { createExclusively } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';
import { unlessGone } from '../../node/files/system-code.ts';
import type { Layout } from './layout.ts';
import { readOwner, takeFromDead } from './lock.ts';
import type { Presence } from './presence.ts';

/** What becomes of a chunk of photos: `mine` to do now, `theirs` while a living run works on it, `done`. */
export type Claim = 'mine' | 'theirs' | 'done';

/**
 * Divides the chunks of one plan among the processes that share an output folder. A claim also says, before anything is written,
 * which crops will be: so a crop whose record was lost in a kill is known to be ours.
 */
export type Claims = {
  claim(chunk: number, stems: readonly string[]): Promise<Claim>;
  /** Every photo of the chunk has its durable record. */
  done(chunk: number): Promise<void>;
  /** Gives a chunk up that is not done; another run may claim it. */
  release(chunk: number): Promise<void>;
};

const nameOf = (chunk: number): string => String(chunk).padStart(7, '0');

const exists = async (file: string): Promise<boolean> => (await unlessGone(() => stat(file))) !== null;

/**
 * The claims of a run in a folder whose plan it follows. A run that was silent for so long that another machine took its chunks over,
 * and that goes on, does the same work a second time: it writes the same bytes.
 */
export const openClaims = (layout: Layout, presence: Presence): Claims => {
  const { owner } = presence;
  const claimFile = (chunk: number): string => join(layout.claims, `${nameOf(chunk)}.claim`);
  const doneFile = (chunk: number): string => join(layout.claims, `${nameOf(chunk)}.done`);
  const asideFile = (chunk: number): string => join(layout.claims, `${nameOf(chunk)}.left-${owner.run}`);
  return {
    async claim(chunk, stems) {
      const content = `${JSON.stringify(owner)}\n${JSON.stringify(stems)}\n`;
      while (!(await exists(doneFile(chunk)))) {
        const isCreated = await unlessGone(() => createExclusively(claimFile(chunk), content));
        // The folder is gone: another run has finished everything.
        if (isCreated === null) return 'done';
        if (isCreated) {
          if (await exists(doneFile(chunk))) {
            await unlink(claimFile(chunk));
            break;
          }
          presence.hold(claimFile(chunk));
          return 'mine';
        }
        const holder = await readOwner(claimFile(chunk));
        if (holder !== null && (await presence.isAlive(holder, claimFile(chunk)))) return 'theirs';
        await takeFromDead(claimFile(chunk), asideFile(chunk), presence.isAlive);
      }
      return 'done';
    },
    async done(chunk) {
      presence.letGo(claimFile(chunk));
      const isMine = await unlessGone(async () => {
        await rename(claimFile(chunk), doneFile(chunk));
        return true;
      });
      // Taken over: the chunk is done all the same.
      if (isMine === null) await unlessGone(() => createExclusively(doneFile(chunk), JSON.stringify(owner)));
    },
    async release(chunk) {
      presence.letGo(claimFile(chunk));
      // A rename, because it must also work on a full disk.
      await rename(claimFile(chunk), asideFile(chunk));
    },
  };
};

const Stems = z.array(z.string());

const stemsOf = (line: string | undefined): readonly string[] => {
  if (line === undefined || line === '') return [];
  try {
    return Stems.parse(JSON.parse(line));
  } catch (error) {
    // A line that a power cut tore was never acted on: crops are written only after it is durable.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return [];
    throw error;
  }
};

const claimNames = async (layout: Layout): Promise<readonly string[]> =>
  ((await unlessGone(() => readdir(layout.claims))) ?? []).filter((name) => !name.startsWith('.'));

const readText = async (file: string): Promise<string> =>
  (await unlessGone(() => readFile(file, 'utf8'))) ?? '';

/** Stems of the crops that runs since the last final ledger may have written. */
export const intendedStems = async (layout: Layout): Promise<ReadonlySet<string>> => {
  const stems = new Set<string>();
  for (const line of (await readText(layout.intents)).split('\n'))
    for (const stem of stemsOf(line)) stems.add(stem);
  for (const name of await claimNames(layout)) {
    const text = await readText(join(layout.claims, name));
    for (const stem of stemsOf(text.split('\n')[1])) stems.add(stem);
  }
  return stems;
};

/** Begins a new plan: no claim is left, and what they intended stays known. Only under the lock, with nobody at work. */
export const clearClaims = async (layout: Layout): Promise<void> => {
  const names = await claimNames(layout);
  if (names.length > 0) {
    const stems = [...(await intendedStems(layout))];
    await appendFile(layout.intents, `\n${JSON.stringify(stems)}\n`, { flush: true });
    for (const name of names) await unlink(join(layout.claims, name));
  }
  await makeFolder(layout.claims);
};
