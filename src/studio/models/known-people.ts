import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { join } from 'node:path';
import * as z from 'zod';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { failed, systemCode } from '../failure.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';

/** What a workspace says of the models in it: with whom each was trained. */
export const KnownPeople = z.strictObject({
  format: z.literal(1),
  models: z.array(
    z.looseObject({
      name: z.string(),
      /** Names of the identities that it was trained with; none for a model from elsewhere. */
      identities: z.array(z.string()),
      /** How many of them were removed for good since. */
      removed: z.int().default(0),
    }),
  ),
});
export type KnownPeople = z.infer<typeof KnownPeople>;

/** Where a workspace keeps it. */
export const knownPeopleFile = (workspace: string): string => join(workspace, 'models', 'registry.json');

/** @throws FAILED for a file that cannot be read, NULL when there is none */
export const readKnownPeople = async (workspace: string): Promise<KnownPeople | null> => {
  const file = knownPeopleFile(workspace);
  try {
    return KnownPeople.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw failed(
      `${file} cannot be read, so nobody can tell which models know the person: put it right first.`,
    );
  }
};

/** Writes it, whole or not at all. */
export const writeKnownPeople = async (workspace: string, people: KnownPeople): Promise<void> => {
  const file = knownPeopleFile(workspace);
  await makeFolderDurably(dirname(file), OWNER_ONLY_FOLDER);
  await writeTextDurably(file, [`${JSON.stringify(people, null, 2)}\n`]);
};

/** Notes with whom a model of a workspace was trained, in place of what was noted of one of that name. @throws FAILED */
export const notePeople = async (
  workspace: string,
  model: { readonly name: string; readonly identities: readonly string[] },
): Promise<void> => {
  const known = (await readKnownPeople(workspace)) ?? { format: 1, models: [] };
  const others = known.models.filter(({ name }) => name !== model.name);
  const noted = { name: model.name, identities: [...model.identities], removed: 0 };
  await writeKnownPeople(workspace, { ...known, models: [...others, noted] });
};
