import type { Sample, VerifyProblem } from '../../contract/workspace-care.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';

/** What the thread that checks a workspace is started with. */
export type CheckRequest = { readonly paths: WorkspacePaths; readonly sample: Sample };

/** What the service's own lists say of the faces at one moment. */
export type LiveCounts = {
  readonly states: ReadonlyMap<string, number>;
  readonly byIdentity: number;
};

/** From the service to the thread. */
export type CheckOrder =
  /** Hold on to the catalogue as it is now. */
  | { readonly kind: 'hold' }
  /** Compare what is held with what the lists said at that moment, then read the crops. */
  | { readonly kind: 'compare'; readonly live: LiveCounts }
  | { readonly kind: 'stop' };

/** Crops that are not what the catalogue says, by the ids of their faces. */
export type CropFindings = {
  readonly crops: number;
  readonly missing: ReadonlyMap<number, string>;
  readonly damaged: ReadonlyMap<number, string>;
};

/** Everything that a check found. Of a catalogue that is damaged nothing else is told. */
export type Findings = {
  readonly problems: readonly VerifyProblem[];
  readonly steps: number;
  readonly decisions: number;
  readonly crops: CropFindings;
  /** Crops that no face names, by their paths in the workspace; null where only a sample was looked at. */
  readonly spare: readonly string[] | null;
};

/** From the thread to the service. The last one is how it ended. */
export type CheckMessage =
  | { readonly kind: 'whole' }
  | { readonly kind: 'held' }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | CheckEnd;

export type CheckEnd =
  | { readonly kind: 'done'; readonly findings: Findings }
  | { readonly kind: 'stopped' }
  /** A sentence for people, or a fault of the program. */
  | { readonly kind: 'failed' | 'fault'; readonly message: string };
