import type { Evaluation, EvaluationState } from '../../contract/evaluation.ts';
import { svgOf } from '../charts/save.ts';
import {
  formatArea,
  formatDistance,
  formatInterval,
  formatRateOf,
  formatWithDeviation,
  METRIC_NAMES,
  MISSING_NAMES,
  WRONG_NAMES,
} from '../words/evaluation.ts';
import { countOf, formatCount, formatMoment } from '../words/format.ts';
import { lastState, shortName, type Evaluating } from './evaluating.svelte.ts';

/** Wrong pairs that the page names. */
const MOST_WRONG = 100;

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of unknown origin in a page. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? '');

const cells = (tag: 'td' | 'th', values: readonly string[]): string =>
  `<tr>${values.map((value) => `<${tag}>${escaped(value)}</${tag}>`).join('')}</tr>`;

const figureRow = (name: string, { accuracy, val, auc, eer }: EvaluationState['figures']): string =>
  cells('td', [
    name,
    formatWithDeviation(accuracy.mean, accuracy.std),
    formatWithDeviation(val.mean, val.std),
    formatInterval(val.interval),
    formatRateOf(val.far),
    formatArea(auc),
    formatRateOf(eer),
  ]);

const STYLE = `body{font:13px/1.5 system-ui,sans-serif;color:#222;max-width:1000px;margin:32px auto;padding:0 16px}
h1{font-size:20px}h2{font-size:15px;margin-top:28px}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
td,th{border-bottom:1px solid #ccc;padding:4px 12px 4px 0;text-align:left;overflow-wrap:anywhere}p{color:#555}svg{max-width:100%;height:auto}
figure{margin:12px 0;break-inside:avoid}figcaption{font-weight:600}@media print{body{margin:0}}`;

/** What the page says, besides the charts. */
export type ReportParts = {
  readonly run: Evaluation;
  readonly state: EvaluationState;
  readonly others: readonly (readonly [name: string, figures: EvaluationState['figures']])[];
  readonly threshold: number;
  readonly wrong: readonly {
    readonly kind: keyof typeof WRONG_NAMES;
    readonly distance: number;
    readonly first: string;
    readonly second: string;
  }[];
  readonly wrongTotal: number;
  /** Whole SVG elements with what each shows. */
  readonly charts: readonly (readonly [name: string, svg: string])[];
  readonly atMs: number;
};

/** A page that stands by itself: no script, nothing from elsewhere. */
export const reportPage = (parts: ReportParts): string => {
  const { run, state, others, threshold, wrong, wrongTotal, charts, atMs } = parts;
  const { rules } = run;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(run.name)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(run.name)}, judged by ${escaped(run.model.title)}</h1>
<p>${escaped(
    [
      `${countOf(run.pairs, 'pair')}, ${formatCount(run.same)} of one person and ${formatCount(run.different)} of two`,
      `${String(rules.folds)} folds${run.hasOwnFolds ? ' of the list' : ''}`,
      METRIC_NAMES[rules.metric] + (rules.subtractsMean ? ', mean taken off' : ''),
      ...(rules.isFlipped ? ['mirrored crops too'] : []),
      state.missing === 0
        ? 'no pair missing'
        : `${formatCount(state.missing)} missing, ${MISSING_NAMES[rules.missing]}`,
      `written ${formatMoment(atMs)}`,
    ].join(' · '),
  )}</p>
<table>${cells('th', ['', 'Accuracy', `VAL at FAR ${String(rules.farTarget)}`, '95 % interval', 'FAR there', 'AUC', 'EER'])}
${figureRow(shortName(run), state.figures)}
${state.corrected === null ? '' : figureRow(`${countOf(state.labelErrors, 'label')} put right`, state.corrected)}
${others.map(([name, figures]) => figureRow(name, figures)).join('\n')}</table>
${run.remarks.map((remark) => `<p>${escaped(remark)}</p>`).join('\n')}
${charts.map(([name, svg]) => `<figure><figcaption>${escaped(name)}</figcaption>${svg}</figure>`).join('\n')}
<h2>${escaped(`${countOf(wrongTotal, 'wrong pair')} at a threshold of ${formatDistance(threshold)} (${run.unit})`)}</h2>
<table>${cells('th', ['', 'Distance', 'First', 'Second'])}
${wrong.map(({ kind, distance, first, second }) => cells('td', [WRONG_NAMES[kind], formatDistance(distance), first, second])).join('\n')}</table>
${wrongTotal > wrong.length ? `<p>and ${formatCount(wrongTotal - wrong.length)} more, less wrong</p>` : ''}
</body></html>
`;
};

/** The figures, charts and wrong pairs that are shown, as a page; null while there are none. @throws what the studio refuses */
export const reportOf = async (
  evaluating: Evaluating,
  charts: readonly SVGSVGElement[],
): Promise<{ readonly name: string; readonly text: string } | null> => {
  const { selected, state, threshold, wrong, workspace, runs } = evaluating;
  if (selected === null || state === null || threshold === null) return null;
  const worst = wrong.slice(0, MOST_WRONG);
  const pairs = await workspace.client.evaluation.describe({
    workspace: workspace.folder,
    evaluation: selected.id,
    pairs: worst.map(({ pair }) => pair),
  });
  const others = (runs ?? []).flatMap((run) => {
    const last = evaluating.overlaid.has(run.id) ? lastState(run) : null;
    return last === null ? [] : [[`${shortName(run)}, ${run.name}`, last.figures] as const];
  });
  const first = selected.states[0];
  const text = reportPage({
    run: selected,
    state,
    others: [
      ...(first === undefined || selected.states.length < 2 ? [] : [['At first', first.figures] as const]),
      ...others,
    ],
    threshold,
    wrong: worst.map(({ kind, distance }, place) => ({
      kind,
      distance,
      first: pairs[place]?.first.path ?? '',
      second: pairs[place]?.second.path ?? '',
    })),
    wrongTotal: wrong.length,
    charts: charts.map((svg) => [svg.getAttribute('aria-label') ?? '', svgOf(svg)] as const),
    atMs: Date.now(),
  });
  return { name: `${selected.name} ${shortName(selected)}`, text };
};
