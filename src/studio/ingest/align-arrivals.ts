import type { Workspace } from '../workspace/open.ts';
import { alignSettings } from '../workspace/properties.ts';
import type { Alignments } from './alignments.ts';
import { countWaiting } from './waiting.ts';
import { workKeyOf } from './work-key.ts';

/** Files come in batches: they are counted when a batch had time to be followed by the next. */
const GATHER_MS = 500;

/** Aligns files of an open workspace as they arrive, in sources whose rule says so. */
export const alignArrivals = (
  workspace: Workspace,
  { alignments, report }: { readonly alignments: Alignments; readonly report: (error: unknown) => void },
): { close(): void } => {
  const { catalogue, paths } = workspace;
  let timer: NodeJS.Timeout | null = null;
  const startWhereNeeded = (): void => {
    timer = null;
    try {
      if (countWaiting(catalogue, workKeyOf(alignSettings(catalogue)), 'arrived') > 0)
        alignments.start(paths.folder, { scope: 'arrived', choice: 'auto', isKept: true });
    } catch (error) {
      report(error);
    }
  };
  const unsubscribe = workspace.arrivals.subscribe(() => {
    timer ??= setTimeout(startWhereNeeded, GATHER_MS);
  });
  return {
    close() {
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
    },
  };
};
