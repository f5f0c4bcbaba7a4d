import { toast } from 'svelte-sonner';
import { refusalOf, remedyOf, sentenceOf } from '../link/calls.ts';
import { ERROR_TOAST_MS } from './tell.ts';

/** What is said when something could not be opened. */
type Told = {
  readonly problem: string;
  /** What to offer when the studio refused. */
  readonly again: { readonly label: string; readonly onClick: () => void } | null;
  /** What to offer instead when a backup puts it right. */
  readonly restore?: () => void;
};

/** Opens one thing at a time: a folder, a workspace, the samples. */
export class Opening {
  /** Something is being opened; nothing else can be asked for meanwhile. */
  isRunning = $state(false);

  /** Opens something, and says why when it cannot be. True when it is open. */
  async run(open: () => Promise<void>, { problem, again, restore }: Told): Promise<boolean> {
    if (this.isRunning) return false;
    this.isRunning = true;
    try {
      await open();
      return true;
    } catch (error) {
      const offered =
        restore !== undefined && remedyOf(error) === 'restore'
          ? { label: 'Restore a backup', onClick: restore }
          : again;
      toast.error(problem, {
        description: sentenceOf(error),
        duration: ERROR_TOAST_MS,
        ...(refusalOf(error) === null || offered === null ? {} : { action: offered }),
      });
      return false;
    } finally {
      this.isRunning = false;
    }
  }
}
