import type { PairGeneration, PairGenerationReport } from '../../contract/pairs.ts';
import { nameOfList } from '../words/evaluation.ts';
import { RunningWork } from '../state/running-work.svelte.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

export type PairChoice = Pick<
  PairGeneration,
  'folds' | 'pairsOfEachKind' | 'seed' | 'isIdentityDisjoint' | 'hard'
>;

/** A list of pairs that is made of a workspace's people. */
export class PairMaking extends RunningWork<PairGenerationReport> {
  readonly workspace: Workspace;

  constructor(workspace: Workspace) {
    super();
    this.workspace = workspace;
  }

  /** Makes the list, in the workspace's folder of exports, under a name that says what it is. */
  async make(choice: PairChoice): Promise<void> {
    const { client, folder } = this.workspace;
    const name = nameOfList(choice, Date.now());
    const separator = folder.includes('\\') ? '\\' : '/';
    const output = [folder, 'exports', `${name}.csv`].join(separator);
    await this.run((signal) =>
      client.pairs.generate({ folder, output, engine: 'auto', ...choice }, { signal }),
    );
  }
}
