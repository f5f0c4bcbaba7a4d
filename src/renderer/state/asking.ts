type Asking = { readonly isDialogOpen: boolean };

/** What of the window may ask something: null for nothing now. */
type Askers = {
  readonly dialog: unknown;
  readonly planned: unknown;
  readonly exporting: unknown;
  readonly folders: { readonly question: unknown };
  readonly keep: Asking;
  readonly evaluate: Asking;
  readonly training: { readonly starting: unknown };
  readonly curation: { readonly moving: unknown };
  readonly workspace: { readonly proposal: unknown } | null;
};

/** Whether a dialog is open that keys belong to. */
export const isAsking = (window: Askers): boolean =>
  [
    window.dialog,
    window.planned,
    window.exporting,
    window.folders.question,
    window.training.starting,
    window.curation.moving,
    window.workspace?.proposal ?? null,
  ].some((question) => question !== null) ||
  window.keep.isDialogOpen ||
  window.evaluate.isDialogOpen;
