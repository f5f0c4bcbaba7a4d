/** Something that a person can do, by palette, key or both. */
export type Command = {
  readonly id: string;
  readonly label: string;
  readonly group: 'Workspace' | 'Faces' | 'Go to' | 'Photos' | 'View' | 'Filter' | 'Help';
  /** As shown to people: `Ctrl+K`; null without a key. */
  readonly keys: string | null;
  /** False while there is nothing that it could do. */
  readonly isAvailable: boolean;
  run(): void;
};
