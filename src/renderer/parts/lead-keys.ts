type Lead = {
  /** The field that is typed into; null until it is there. */
  readonly field: HTMLElement | null;
  /** Takes a character that was typed before the field was there. */
  readonly append: (character: string) => void;
  /** Runs what Enter is to run now. */
  readonly enter: () => void;
};

/**
 * Hears keys of a dialog that is a field with a list below: what is typed before the field has the focus is meant for it as well, and Enter runs
 * what belongs to the text as it is now, however far the list has come with showing it.
 */
export const leadKey = (event: KeyboardEvent, { field, append, enter }: Lead): void => {
  if (event.key === 'Enter' && !event.isComposing) {
    event.preventDefault();
    event.stopPropagation();
    enter();
    return;
  }
  if (field === null) {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey) return;
    append(event.key);
    event.preventDefault();
    return;
  }
  if (event.target === field) return;
  field.focus();
  if (event.key.length === 1) return;
  event.preventDefault();
  field.dispatchEvent(new KeyboardEvent('keydown', { key: event.key, bubbles: true, cancelable: true }));
};
