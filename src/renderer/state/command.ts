/** Something that a person can do, by palette, key or both. */
export type Command = {
  readonly id: string;
  readonly label: string;
  readonly group:
    | 'Workspace'
    | 'Keep'
    | 'Clean'
    | 'Clusters'
    | 'Evaluate'
    | 'Faces'
    | 'Go to'
    | 'Photos'
    | 'View'
    | 'Filter'
    | 'Help';
  /** As shown to people: `Ctrl+K`; null without a key. */
  readonly keys: string | null;
  /** The command whose keys it shares: the same thing, on another screen. */
  readonly like?: string;
  /** Stands for one thing of a list that changes: nobody gives it keys of its own. */
  readonly isPassing?: true;
  /** False while there is nothing that it could do. */
  readonly isAvailable: boolean;
  run(): void;
};
