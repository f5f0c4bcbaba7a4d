import { toast } from 'svelte-sonner';
import { refusalOf, sentenceOf } from '../link/calls.ts';
import { ERROR_TOAST_MS } from './tell.ts';

/** What is said when something could not be opened. */
type Told = {
  readonly problem: string;
  /** What to offer when the studio refused. */
  readonly again: { readonly label: string; readonly onClick: () => void } | null;
};

/** Opens one thing at a time: a folder, a workspace, the samples. */
export class Opening {
  /** Something is being opened; nothing else can be asked for meanwhile. */
  isRunning = $state(false);

  /** Opens something, and says why when it cannot be. True when it is open. */
  async run(open: () => Promise<void>, { problem, again }: Told): Promise<boolean> {
    if (this.isRunning) return false;
    this.isRunning = true;
    try {
      await open();
      return true;
    } catch (error) {
      toast.error(problem, {
        description: sentenceOf(error),
        duration: ERROR_TOAST_MS,
        ...(refusalOf(error) === null || again === null ? {} : { action: again }),
      });
      return false;
    } finally {
      this.isRunning = false;
    }
  }
}
