import type { EditCommand, EditEffect } from '../../contract/workspace-edits.ts';

/** An edit that waits for a yes: what would change, and what it is called. */
export type Proposal = {
  readonly command: EditCommand;
  readonly effect: EditEffect;
  /** As an order: `Reject`, `Move to ann`. */
  readonly verb: string;
};

/** How many faces an edit that is given a selection names, as far as it says so itself. */
const namedFaces = (command: EditCommand): number | null => {
  switch (command.kind) {
    case 'mark':
    case 'move':
    case 'split':
    case 'remove-faces':
      return 'faces' in command.selection ? command.selection.faces.length : null;
    case 'move-each':
    case 'merge':
      return null;
    default:
      return 1;
  }
};

/** Whether nobody needs to be shown what the edit would change: it names fewer faces than `asksFrom`. */
export const isSmall = (command: EditCommand, asksFrom: number): boolean => {
  const faces = namedFaces(command);
  return faces !== null && faces < asksFrom;
};
