import type { Command } from 'commander';
import { FaceMeasure, FaceState, type FaceFilter, type Range } from '../../contract/workspace-faces.ts';
import { CommandError } from '../failure.ts';
import { booleanOption, choiceOption, UsageError } from '../usage.ts';
import type { WorkspaceClient } from './with-workspace.ts';

/** What commander gives for the options below: text as typed. */
export type FilterOptions = {
  readonly identity?: readonly string[];
  readonly name?: string;
  readonly state?: string;
  readonly score?: string;
  readonly size?: string;
  readonly sharpness?: string;
  readonly exposure?: string;
  readonly yaw?: string;
  readonly pitch?: string;
  readonly roll?: string;
  readonly date?: string;
  readonly edited?: string;
  readonly chosen?: string;
};

const MEASURES: readonly (readonly [FaceMeasure, string])[] = [
  ['score', 'face probability, 0 to 1'],
  ['size', 'shorter side of the box, in pixels of the photo'],
  ['sharpness', 'variance of the Laplacian of the crop'],
  ['exposure', 'mean brightness of the crop, 0 to 1'],
  ['yaw', 'turn to the side, in degrees without sign'],
  ['pitch', 'turn up or down, in degrees without sign'],
  ['roll', 'lean, in degrees without sign'],
  ['date', 'when the file was written, as 2024-05-31'],
];

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** Adds the options that choose faces. */
export const addFilterOptions = (command: Command): Command => {
  command
    .option(
      '--identity <name>',
      'faces of that identity; may be given several times; "" for faces without one',
      collect,
    )
    .option('--name <part>', 'faces whose identity has that in its name, in any case')
    .option(
      '--state <states>',
      `faces in these states, with commas between: ${FaceState.options.join(', ')}`,
    );
  for (const [measure, meaning] of MEASURES)
    command.option(`--${measure} <range>`, `${meaning}: 0.5..0.9, 0.5.. or ..0.9`);
  return command
    .option('--edited <boolean>', 'whether box or landmarks were changed by hand')
    .option('--chosen <boolean>', 'whether the photo is about the face');
};

const RANGE = /^(.*?)\.\.(.*)$/;
const MS_PER_SECOND = 1000;

const boundOf = (option: string, text: string, isDate: boolean): number | undefined => {
  if (text === '') return undefined;
  const value = isDate ? Date.parse(text) / MS_PER_SECOND : Number(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${option} takes ${isDate ? 'dates like 2024-05-31' : 'numbers'}, not "${text}".`);
};

const rangeOf = (measure: FaceMeasure, text: string): Range => {
  const option = `--${measure}`;
  const [, from, to] = RANGE.exec(text) ?? [];
  if (from === undefined || to === undefined || (from === '' && to === ''))
    throw new UsageError(`${option} takes a range like 0.5..0.9, 0.5.. or ..0.9, not "${text}".`);
  const least = boundOf(option, from, measure === 'date');
  const most = boundOf(option, to, measure === 'date');
  return { ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) };
};

/** The id of the identity of a name. @throws CommandError when there is none */
export const identityByName = async (
  client: WorkspaceClient,
  workspace: string,
  name: string,
): Promise<number> => {
  const found = (await client.identities({ workspace })).find((identity) => identity.name === name);
  if (found === undefined)
    throw new CommandError('UNUSABLE', `There is no identity ${name} in ${workspace}.`);
  return found.id;
};

/** The filter that was asked for. @throws UsageError, and CommandError for a name that no identity has */
export const filterOf = async (
  client: WorkspaceClient,
  workspace: string,
  options: FilterOptions,
): Promise<FaceFilter> => {
  const ranges: Partial<Record<FaceMeasure, Range>> = {};
  for (const measure of FaceMeasure.options) {
    const text = options[measure];
    if (text !== undefined) ranges[measure] = rangeOf(measure, text);
  }
  const { identity: names, name, state, edited, chosen } = options;
  const identities: number[] = [];
  for (const wanted of names ?? [])
    identities.push(wanted === '' ? 0 : await identityByName(client, workspace, wanted));
  return {
    ranges,
    ...(names === undefined ? {} : { identities }),
    ...(name === undefined ? {} : { name }),
    ...(state === undefined
      ? {}
      : { states: state.split(',').map((text) => choiceOption('--state', text, FaceState.options)) }),
    ...(edited === undefined ? {} : { isEdited: booleanOption('--edited', edited) }),
    ...(chosen === undefined ? {} : { isChosen: booleanOption('--chosen', chosen) }),
  };
};
