/** Wrong usage of the command line: one sentence for the person who typed it (exit code 2). */
export class UsageError extends Error {}

type Range = {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
  readonly isLeastExcluded?: boolean;
};

const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that an option was given. @throws UsageError naming the option and what it takes */
export const numberOption = (option: string, text: string, range: Range): number => {
  const value = Number(text);
  const { least, most, isWhole = false, isLeastExcluded = false } = range;
  const isInside = (isLeastExcluded ? value > least : value >= least) && value <= most;
  if (PLAIN_NUMBER.test(text.trim()) && isInside && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? 'a whole number' : 'a number';
  const from = isLeastExcluded ? `above ${String(least)} and at most` : `from ${String(least)} to`;
  throw new UsageError(`${option} takes ${kind} ${from} ${String(most)}, not "${text}".`);
};

/** The word that an option was given, one of `choices`. @throws UsageError naming them */
export const choiceOption = <Choice extends string>(
  option: string,
  text: string,
  choices: readonly Choice[],
): Choice => {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  const named = choices.length === 1 ? `only ${choices.join('')}` : `one of ${choices.join(', ')}`;
  throw new UsageError(`${option} takes ${named}, not "${text}".`);
};

const BOOLEAN_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** Switches that the seed takes with a value, `--detect_multiple_faces True`. */
const SWITCHES_WITH_VALUE: ReadonlySet<string> = new Set(['--detect-multiple-faces']);

const withHyphens = (argument: string): string => {
  if (!argument.startsWith('--')) return argument;
  const equals = argument.indexOf('=');
  const name = equals < 0 ? argument : argument.slice(0, equals);
  return name.replaceAll('_', '-') + (equals < 0 ? '' : argument.slice(equals));
};

/**
 * Arguments in one spelling: `--image_size` is `--image-size`, and a switch that may have a value (`--detect_multiple_faces True`, or
 * alone) always has it, so that it never takes a folder for one. Everything after `--` is left as it is.
 */
export const normaliseArguments = (given: readonly string[]): readonly string[] => {
  const result: string[] = [];
  for (let place = 0; place < given.length; place += 1) {
    const typed = given[place] ?? '';
    if (typed === '--') return [...result, ...given.slice(place)];
    const argument = withHyphens(typed);
    if (!SWITCHES_WITH_VALUE.has(argument)) {
      result.push(argument);
      continue;
    }
    const next = given[place + 1];
    const hasValue = next !== undefined && BOOLEAN_WORDS.has(next.toLowerCase());
    result.push(`${argument}=${hasValue ? next : 'true'}`);
    if (hasValue) place += 1;
  }
  return result;
};

/** The value of a switch. @throws UsageError */
export const booleanOption = (option: string, text: string): boolean => {
  const value = BOOLEAN_WORDS.get(text.toLowerCase());
  if (value === undefined) throw new UsageError(`${option} takes true or false, not "${text}".`);
  return value;
};
