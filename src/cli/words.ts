/** A whole number with thousands separators: `12,403`. */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** A count with its noun: `1 photo`, `12,403 photos`. */
export const counted = (value: number, one: string, many: string): string =>
  `${grouped(value)} ${value === 1 ? one : many}`;

const MINUTE = 60;
const HOUR = 3600;

/** A time as people say it: `12 s`, `3 min`, `2 h 5 min`. */
export const duration = (seconds: number): string => {
  if (seconds < MINUTE) return `${String(Math.max(1, Math.round(seconds)))} s`;
  if (seconds < HOUR) return `${String(Math.round(seconds / MINUTE))} min`;
  const minutes = Math.round(seconds / MINUTE);
  return `${String(Math.floor(minutes / MINUTE))} h ${String(minutes % MINUTE)} min`;
};

/** Control characters, and those that turn the direction of text around: in a name they would end a line or speak to the terminal. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** A name or path of unknown origin as text for a terminal: what cannot be shown is written as `\u{1b}`. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
