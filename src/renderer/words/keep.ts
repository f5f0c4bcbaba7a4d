import type { VerifyProblemKind, VerifyReport } from '../../contract/workspace-care.ts';
import { countOf, formatCount } from './format.ts';

/** What a check can find, and what to do about it. */
type ProblemWords = {
  readonly title: (count: number) => string;
  readonly advice: string;
  /** What puts it right: crops that are made again, or a backup that is restored. */
  readonly remedy: 'repair' | 'restore' | null;
};

const RESTORE_ADVICE = 'Restore a backup from before.';
const REPAIR_ADVICE = 'Can be made again from the originals, where these are there and as they were.';

export const PROBLEM_WORDS: Readonly<Record<VerifyProblemKind, ProblemWords>> = {
  'damaged-catalogue': {
    title: () => 'The catalogue is damaged',
    advice: RESTORE_ADVICE,
    remedy: 'restore',
  },
  'broken-reference': {
    title: (count) => `${countOf(count, 'broken reference')} in the catalogue`,
    advice: RESTORE_ADVICE,
    remedy: 'restore',
  },
  'journal-differs': {
    title: (count) => `${countOf(count, 'decision')} other than the history says`,
    advice: 'Restore a backup from before, or keep what is shown and mind that undo may refuse.',
    remedy: 'restore',
  },
  'stale-derivation': {
    title: (count) => `${countOf(count, 'photo')} under another file than decisions ask for`,
    advice: RESTORE_ADVICE,
    remedy: 'restore',
  },
  'totals-differ': {
    title: () => 'Totals do not add up',
    advice: 'Close the workspace and open it again.',
    remedy: null,
  },
  'missing-crop': {
    title: (count) => countOf(count, 'missing crop'),
    advice: REPAIR_ADVICE,
    remedy: 'repair',
  },
  'damaged-crop': {
    title: (count) => countOf(count, 'damaged crop'),
    advice: REPAIR_ADVICE,
    remedy: 'repair',
  },
};

/** `All is as it should be`, or how many kinds of things are not. */
export const verdictOf = ({ problems }: VerifyReport): string =>
  problems.length === 0 ? 'All is as it should be' : `${countOf(problems.length, 'problem')} found`;

/** Crops that a repair can make again. */
export const repairable = ({ problems }: VerifyReport): number =>
  problems.reduce((sum, { kind, count }) => sum + (PROBLEM_WORDS[kind].remedy === 'repair' ? count : 0), 0);

const REASONS: Readonly<Record<string, string>> = {
  daily: 'Of the day',
  'by-hand': 'By hand',
  'before-restore': 'Before a restore',
  damaged: 'Set aside, damaged',
};

/** Why a backup was made. */
export const reasonOfBackup = (reason: string): string =>
  REASONS[reason] ?? reason.replace(/^before-version-(\d+)$/, 'Before version $1');

/** `3 faces of the person, 2 of others in the same photos`. */
export const facesGoing = (faces: number, others: number): string =>
  others === 0
    ? countOf(faces, 'face')
    : `${countOf(faces, 'face')}, ${formatCount(others)} of other people in the same photos among them`;
