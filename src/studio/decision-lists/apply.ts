import type { AppliedDecisions } from '../../contract/workspace-decisions.ts';
import { applyPlanned, NOT_MADE, previewContext, type Editing } from '../edits/edit.ts';
import { planList } from './plan.ts';
import { readDecisionList } from './read.ts';

export type ApplyOptions = {
  readonly file: string;
  readonly isOverwriting: boolean;
  readonly isPreview: boolean;
  readonly who: string;
};

const labelOf = (applied: number): string =>
  `Applied ${applied.toLocaleString('en-US')} ${applied === 1 ? 'decision' : 'decisions'} of a list.`;

/**
 * Applies a decision list, all of it as one step of the history; a preview changes nothing.
 * @throws UNUSABLE for a file that is no list, FAILED when the catalogue was changed by another program
 */
export const applyDecisionList = async (
  editing: Editing,
  { file, isOverwriting, isPreview, who }: ApplyOptions,
): Promise<AppliedDecisions> => {
  const lines = await readDecisionList(file);
  if (isPreview) {
    const { counts } = planList(previewContext(editing), lines, isOverwriting);
    return { ...counts, faces: counts.faces.filter((face) => face !== NOT_MADE), sequence: null };
  }
  const { result, sequence } = applyPlanned(editing, { kind: 'apply-decisions', who }, (context) => {
    const { changes, counts } = planList(context, lines, isOverwriting);
    return { changes, label: labelOf(counts.applied), result: counts };
  });
  return { ...result, sequence };
};
