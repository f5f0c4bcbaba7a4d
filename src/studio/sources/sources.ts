import { basename, join, resolve } from 'node:path';
import { AlignSettings } from '../../contract/faces.ts';
import type { FolderPlan, Source } from '../../contract/studio.ts';
import { createTurns } from '../../core/jobs/turns.ts';
import { checkFolders } from '../align/folders.ts';
import { layoutOf } from '../align/layout.ts';
import { readRecords } from '../align/ledger.ts';
import { isUnfinished } from '../align/manifest.ts';
import { canonicalSettings, sha256 } from '../align/settings.ts';
import { notFound } from '../failure.ts';
import { createPhotoIndex, type PhotoIndex } from '../photos/photo-index.ts';
import { readState, writeState, type SourcesState } from './state-file.ts';

/** A source and the photos that are known of it. */
export type OpenSource = {
  readonly source: Source;
  readonly index: PhotoIndex;
  /** Aborted when the source is closed or opened with other settings: `index` is no longer its index then. */
  readonly ended: AbortSignal;
};

export type OpenOptions = {
  /** Left out: those of the open source, else the default. */
  readonly settings?: AlignSettings | undefined;
  readonly asDefault?: boolean;
  readonly isSample: boolean;
};

/** The folders that somebody opened; they are remembered from one start to the next. */
export type Sources = {
  /** Most recently opened first. */
  list(): Promise<readonly Source[]>;
  /** The source with its photos; they are read from its ledger when no job has filled them. @throws NOT_FOUND */
  get(id: string): Promise<OpenSource>;
  /** The photos of a source that are known now; nothing is read. */
  index(id: string): PhotoIndex;
  /** What a folder would be opened with. @throws UNUSABLE */
  plan(folder: string): Promise<FolderPlan>;
  open(folder: string, options: OpenOptions): Promise<Source>;
  close(id: string): Promise<void>;
  /** The sources that a run began to align and did not end. */
  unfinished(): Promise<readonly Source[]>;
};

const recommendedSettings = (): AlignSettings =>
  canonicalSettings(AlignSettings.parse({ detect: {}, crop: { style: 'relative' } }));
const ID_DIGITS = 16;
const SHORT_HASH_DIGITS = 8;

const fileSafe = (name: string): string => name.replaceAll(/[^\p{L}\p{N}._ -]/gu, '_').slice(0, 80);
const idOf = (absolute: string): string => sha256(absolute).slice(0, ID_DIGITS);

/** Where the crops of a folder go: elsewhere for other settings, so that a choice that was made before finds its crops. */
const outputOf = (crops: string, absolute: string, settings: AlignSettings): string => {
  const key = sha256(absolute + JSON.stringify(settings)).slice(0, SHORT_HASH_DIGITS);
  return join(crops, `${fileSafe(basename(absolute))}-${key}`);
};

/** What a folder is aligned with when nobody says otherwise. */
const settingsFor = ({ sources, defaults }: SourcesState, absolute: string): AlignSettings =>
  sources.find(({ id }) => id === idOf(absolute))?.settings ?? defaults ?? recommendedSettings();

type Kept = { readonly index: PhotoIndex; readonly ending: AbortController; filled: Promise<void> | null };

/** Shows what the ledger knows, unless a job has filled the photos already: that knows more. */
const fillFromLedger = async (index: PhotoIndex, output: string): Promise<void> => {
  if (index.size() > 0) return;
  const records = await readRecords(layoutOf(output));
  if (index.size() === 0) index.reset([...records.keys()].sort(), (file) => records.get(file) ?? null);
};

/** The photos that are known of each source. */
const createIndexes = () => {
  const indexes = new Map<string, Kept>();
  return {
    of(id: string): Kept {
      const known = indexes.get(id);
      if (known !== undefined) return known;
      const kept: Kept = { index: createPhotoIndex(), ending: new AbortController(), filled: null };
      indexes.set(id, kept);
      return kept;
    },
    forget(id: string): void {
      indexes.get(id)?.ending.abort();
      indexes.delete(id);
    },
  };
};

/** Where the crops of a folder go: where they went before with the same settings, else into `crops`. */
const outputFor = (
  before: SourcesState,
  crops: string,
  absolute: string,
  settings: AlignSettings,
): string => {
  const known = before.sources.find(({ id }) => id === idOf(absolute));
  const isKept =
    known !== undefined && JSON.stringify(canonicalSettings(known.settings)) === JSON.stringify(settings);
  return isKept ? known.output : outputOf(crops, absolute, settings);
};

/**
 * The sources remembered in the program's data folder `home`.
 * @param cropsFolder where the crops of folders go that are opened from now on
 */
export const createSources = (
  home: string,
  report: (error: unknown) => void,
  cropsFolder: () => string = () => join(home, 'aligned'),
): Sources => {
  const stateFile = join(home, 'sources.json');
  const indexes = createIndexes();
  let state: Promise<SourcesState> | null = null;

  const read = (): Promise<SourcesState> => (state ??= readState(stateFile, report));
  const save = async (next: SourcesState): Promise<void> => {
    await writeState(home, stateFile, next);
    state = Promise.resolve(next);
  };
  /** One change after the other, so that none is lost. */
  const changes = createTurns(1);
  const inTurn = <Result>(change: (before: SourcesState) => Promise<Result>): Promise<Result> =>
    changes(async () => change(await read()));
  const find = async (id: string): Promise<Source> => {
    const source = (await read()).sources.find((candidate) => candidate.id === id);
    if (source === undefined) throw notFound('That source is no longer open.');
    return source;
  };

  return {
    list: async () => (await read()).sources,
    async get(id) {
      const source = await find(id);
      const kept = indexes.of(id);
      kept.filled ??= fillFromLedger(kept.index, source.output);
      await kept.filled;
      return { source, index: kept.index, ended: kept.ending.signal };
    },
    index: (id) => indexes.of(id).index,
    async plan(given) {
      const folder = resolve(given);
      const before = await read();
      const settings = settingsFor(before, folder);
      await checkFolders(given, outputFor(before, cropsFolder(), folder, settings));
      const isOpen = before.sources.some(({ id }) => id === idOf(folder));
      return { name: basename(folder), folder, isOpen, settings, recommended: recommendedSettings() };
    },
    open: (given, { settings: asked, asDefault = false, isSample }) =>
      inTurn(async (before) => {
        const folder = resolve(given);
        const settings = canonicalSettings(asked ?? settingsFor(before, folder));
        const output = outputFor(before, cropsFolder(), folder, settings);
        await checkFolders(given, output);
        const source: Source = {
          id: idOf(folder),
          name: basename(folder),
          folder,
          output,
          settings,
          isSample,
        };
        const others = before.sources.filter(({ id }) => id !== source.id);
        await save({ sources: [source, ...others], defaults: asDefault ? settings : before.defaults });
        if (before.sources.find(({ id }) => id === source.id)?.output !== output) indexes.forget(source.id);
        return source;
      }),
    async close(id) {
      await inTurn(async (before) => {
        await find(id);
        await save({ ...before, sources: before.sources.filter((source) => source.id !== id) });
      });
      indexes.forget(id);
    },
    async unfinished() {
      const result: Source[] = [];
      for (const source of (await read()).sources)
        if (await isUnfinished(layoutOf(source.output))) result.push(source);
      return result;
    },
  };
};
