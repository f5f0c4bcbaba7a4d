import { readdir, readFile, rename, unlink, appendFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { createExclusively } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';
import { systemCode } from '../failure.ts';
import type { Layout } from './layout.ts';
import { readOwner, takeFromDead } from './lock.ts';
import type { Owner, Owners } from './owner.ts';

/**
 * What becomes of a chunk of photos: `mine` to do now (`isTakenOver`: from a process that died over it), `theirs` while a living
 * process works on it, `done`.
 */
export type Claim =
  | { readonly kind: 'mine'; readonly isTakenOver: boolean }
  | { readonly kind: 'theirs' }
  | { readonly kind: 'done' };

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

const exists = async (file: string): Promise<boolean> => {
  try {
    await (await open(file, 'r')).close();
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
};

/** The claims of a run in a folder whose plan it follows. */
export const openClaims = (layout: Layout, owner: Owner, owners: Owners): Claims => {
  const claimFile = (chunk: number): string => join(layout.claims, `${nameOf(chunk)}.claim`);
  const doneFile = (chunk: number): string => join(layout.claims, `${nameOf(chunk)}.done`);
  const asideFile = (chunk: number): string => join(layout.claims, `${nameOf(chunk)}.left-${owner.run}`);
  return {
    async claim(chunk, stems) {
      if (await exists(doneFile(chunk))) return { kind: 'done' };
      const content = `${JSON.stringify(owner)}\n${JSON.stringify(stems)}\n`;
      let isTakenOver = false;
      while (!(await createExclusively(claimFile(chunk), content))) {
        const holder = await readOwner(claimFile(chunk));
        if (holder !== null && owners.isAlive(holder)) return { kind: 'theirs' };
        if (await exists(doneFile(chunk))) return { kind: 'done' };
        if (await takeFromDead(claimFile(chunk), asideFile(chunk), owners)) isTakenOver = true;
      }
      if (!(await exists(doneFile(chunk)))) return { kind: 'mine', isTakenOver };
      await unlink(claimFile(chunk));
      return { kind: 'done' };
    },
    async done(chunk) {
      await rename(claimFile(chunk), doneFile(chunk));
    },
    async release(chunk) {
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

const claimNames = async (layout: Layout): Promise<readonly string[]> => {
  try {
    return (await readdir(layout.claims)).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
};

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
};

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
