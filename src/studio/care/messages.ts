import type { Stage } from '../../contract/procedure.ts';
import type { RestoredBackup, RestoreView } from '../../contract/workspace-care.ts';
import type { PurgeReport, PurgeView } from '../../contract/workspace-purge.ts';
import type { ToldFailure } from '../failure.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';

/** What restoring a backup would change, as far as its two files tell. */
export type Comparison = Omit<RestoreView, 'backup'>;

/** The work of a care thread: what each kind is given, and what it gives. */
export type CareTasks = {
  /** Copies a catalogue as `copyCatalogue` does into a file that is not there yet; gives its size in bytes. */
  readonly copy: {
    readonly given: {
      readonly catalogue: string;
      readonly file: string;
      /** The folder of backups of which old ones are removed afterwards. */
      readonly thinned: string | null;
    };
    readonly result: number;
  };
  /** What is wrong with the file of a backup, as `damageOfBackup` tells it. */
  readonly check: { readonly given: { readonly file: string }; readonly result: string | null };
  /** Checks a backup and compares it with the catalogue that it would take the place of. */
  readonly compare: {
    readonly given: { readonly catalogue: string; readonly file: string };
    readonly result: Comparison;
  };
  /** `restoreBackup`. */
  readonly restore: {
    readonly given: { readonly paths: WorkspacePaths; readonly backup: string; readonly atMs: number };
    readonly result: RestoredBackup;
  };
  /** `previewPurge`. */
  readonly previewPurge: {
    readonly given: { readonly paths: WorkspacePaths; readonly identity: string };
    readonly result: PurgeView;
  };
  /** `purgePerson`. */
  readonly purge: {
    readonly given: { readonly paths: WorkspacePaths; readonly identity: string; readonly typed: string };
    readonly result: PurgeReport;
  };
};

export type CareKind = keyof CareTasks;

/** What a care thread is started for. */
export type CareRequest = {
  readonly [Kind in CareKind]: { readonly kind: Kind } & CareTasks[Kind]['given'];
}[CareKind];

/** What a care thread says; the last message is one of those that end it. */
export type CareMessage =
  | {
      readonly kind: 'progress';
      readonly done: number;
      readonly total: number;
      readonly stage: Stage | undefined;
    }
  /** From now on a file grows whose bytes come on top of those done. */
  | { readonly kind: 'grows'; readonly file: string; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly result: CareTasks[CareKind]['result'] }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly failure: ToldFailure }
  /** A fault of the program. */
  | { readonly kind: 'fault'; readonly message: string };
