import type { Clustering } from '../clusters/clustering.svelte.ts';
import type { MergeQueue } from '../clusters/merge-queue.svelte.ts';
import type { Command } from './command.ts';
import type { Studio } from './studio.svelte.ts';

type Make = (
  id: string,
  label: string,
  keys: string | null,
  isAvailable: boolean,
  run: () => void,
) => Command;

const make: Make = (id, label, keys, isAvailable, run) => ({
  ...{ id, label, keys, isAvailable, run },
  group: 'Clusters',
});

/** The clusters that can be changed now; null while something else is looked at, or they are not there yet. */
const editable = ({ screen, curation, clustering }: Studio): Clustering | null => {
  if (screen !== 'clusters' || curation.editor !== null || clustering?.canWrite !== true) return null;
  const { state } = clustering;
  return state?.isReady === true && state.run !== null ? clustering : null;
};

/** Of the question whether two groups are one person. */
const mergeCommands = (merges: MergeQueue | null): readonly Command[] => {
  const canAnswer = merges !== null && merges.current !== null;
  return [
    make('merge-yes', 'Merge: yes, one person', 'Y', canAnswer, () => void merges?.answer(true)),
    make('merge-no', 'Merge: no, two people', 'N', canAnswer, () => void merges?.answer(false)),
    make('merge-later', 'Merge: later', 'L', canAnswer, () => {
      merges?.later();
    }),
  ];
};

/** Looking through clusters, and saying who is one person. */
export const clusterCommands = (studio: Studio): readonly Command[] => {
  const clustering = editable(studio);
  const merges = clustering?.merges ?? null;
  const opened = clustering?.opened ?? null;
  const groups = merges === null ? clustering : null;
  return [
    make('cluster-anew', 'Cluster all faces anew', null, clustering !== null, () => {
      void clustering?.run(true);
    }),
    make('cluster-merges', 'Look for groups that are one person', null, clustering !== null, () => {
      clustering?.beginMerges();
    }),
    make(
      'cluster-conflicts',
      'Show decisions that contradict others',
      null,
      clustering !== null && (clustering.state?.conflicts ?? 0) > 0,
      () => {
        clustering?.beginConflicts();
      },
    ),
    make('cluster-move', 'Group: move to identity…', 'M', groups !== null, () => {
      void groups?.withChosen((faces) => {
        studio.curation.askWhereOfAll(faces);
      });
    }),
    make('cluster-ignore', 'Group: ignore', 'I', groups !== null, () => void groups?.ignore()),
    make('cluster-part', 'Group: split off the selected faces', 'S', opened !== null, () => {
      void opened?.part();
    }),
    make('cluster-cut', 'Group: split by a stricter distance', 'C', opened !== null, () => {
      void opened?.beginCut();
    }),
    ...mergeCommands(merges),
  ];
};
