import * as z from 'zod';
import { procedure, workStream } from './procedure.ts';
import { Workspace } from './workspace-input.ts';

/** What removing a person for good takes away. */
export const PurgeView = z.strictObject({
  /** Names that the person has or had here, merged ones among them. */
  names: z.array(z.string()),
  photos: z.int(),
  files: z.int(),
  faces: z.int(),
  /** Of `faces`: those of other people in the same photos. */
  facesOfOthers: z.int(),
  crops: z.int(),
  /** Steps of the history that lose what they say of the person; of these, those that go whole. */
  steps: z.int(),
  stepsGone: z.int(),
  backups: z.int(),
  /** Exports inside the workspace that hold the person, by name: they go whole. */
  exports: z.array(z.string()),
  /** Models that were trained with the person. They stay, and have to be trained again without. */
  models: z.array(z.string()),
  /** Folders in which originals of the person lie. They are not touched. */
  originals: z.array(z.string()),
});
export type PurgeView = z.infer<typeof PurgeView>;

/** Bytes of the person that were found in the workspace after all. */
export const Remains = z.strictObject({ file: z.string(), what: z.string() });
export type Remains = z.infer<typeof Remains>;

export const PurgeReport = PurgeView.extend({
  bytesSearched: z.number(),
  filesSearched: z.int(),
  /** Empty when every byte was looked at and nothing was found. */
  remains: z.array(Remains),
  /** Names that could not be searched for, because others bear them too or because they are too short; all else was. */
  notSearched: z.array(z.string()),
  /** Backups that could not be read, and were removed because the person may be in them. */
  backupsRemoved: z.int(),
  seconds: z.number(),
});
export type PurgeReport = z.infer<typeof PurgeReport>;

/** Removing a person for good, history and backups included. */
export const workspacePurgeContract = {
  /** What would go; nothing is changed. */
  previewPurge: procedure.input(Workspace.extend({ identity: z.string() })).output(PurgeView),
  /** Removes the person and looks at every byte of the workspace for what is left. It cannot be undone. The workspace is closed by it. */
  purge: procedure
    .input(
      Workspace.extend({
        identity: z.string(),
        /** The same name, typed again. */
        typed: z.string(),
      }),
    )
    .output(workStream(PurgeReport)),
};
