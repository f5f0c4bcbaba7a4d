import type { HistoryStep } from '../../contract/workspace-edits.ts';

const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** The day of a step: `Wednesday 25 November 2026`. */
export const dayOf = (atMs: number): string => DAY.format(atMs).replaceAll(',', '');

/** The time of a step: `14:05`. */
export const timeOf = (atMs: number): string => TIME.format(atMs);

/** Whether each word that is searched for is part of what a step did or of who made it, in any case. */
export const matchesStep = ({ label, who, kind }: HistoryStep, search: string): boolean => {
  const text = `${label} ${who} ${kind}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};

/** Steps under the days on which they were made, in their order. */
export const byDay = (
  steps: readonly HistoryStep[],
): readonly { readonly day: string; readonly steps: readonly HistoryStep[] }[] => {
  const days: { readonly day: string; readonly steps: HistoryStep[] }[] = [];
  for (const step of steps) {
    const day = dayOf(step.atMs);
    const last = days.at(-1);
    if (last?.day === day) last.steps.push(step);
    else days.push({ day, steps: [step] });
  }
  return days;
};
