import { randomBytes } from 'node:crypto';
import type { AlignSettings } from '../../contract/faces.ts';
import type { AlignReport } from '../../contract/studio.ts';
import type { EngineOptions } from '../engine/connection.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineHost, EngineLease } from '../engine/host.ts';
import { cleaningUp, unusable, writeFailure } from '../failure.ts';
import type { PhotoIndex } from '../photos/photo-index.ts';
import { scanFolder } from '../scan/scan.ts';
import type { ChunkWork } from './chunk-work.ts';
import { enter, type Stay } from './enter.ts';
import { takeRecords, writeFinalFiles } from './finish.ts';
import { checkFolders, makeOutputFolder } from './folders.ts';
import { layoutOf, type Layout } from './layout.ts';
import { withLock } from './lock.ts';
import { checkManifest } from './manifest.ts';
import type { Owners } from './owner.ts';
import { createPresence, type Presence } from './presence.ts';
import { settingsNumber } from './settings.ts';
import { startStageMeter, type StageMeter } from './stage-meter.ts';
import { doLeftOver, doUnclaimed } from './work-through.ts';

export type AlignRequest = {
  /** As typed, or absolute. */
  readonly input: string;
  readonly output: string;
  readonly settings: AlignSettings;
  readonly engine: EngineOptions;
  /** The order of the work; the results are the same. */
  readonly order: 'sorted' | 'random';
};

export type AlignContext = {
  readonly host: EngineHost;
  readonly owners: Owners;
  /** Is filled with the photos and their records. */
  readonly index: PhotoIndex;
  readonly now: () => number;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Photos that have an answer in this run, of how many; called often. */
  readonly onProgress: (done: number, total: number) => void;
  readonly onLimit: (limitedBy: string | null) => void;
};

type Place = {
  readonly layout: Layout;
  readonly input: string;
  readonly presence: Presence;
  readonly stay: Stay;
};
type Tally = { done: number; unchanged: number };

const shuffled = (count: number, random: () => number): readonly number[] => {
  const order = Array.from({ length: count }, (_, place) => place);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
};

const finish = async (request: AlignRequest, context: AlignContext, place: Place): Promise<void> => {
  const { layout, input, presence, stay } = place;
  const { index, signal } = context;
  const { settings, output: outputAsGiven } = request;
  await withLock(layout, presence, signal, async () => {
    await takeRecords(layout, stay.plan, index);
    // Without its segment the folder was finished by another run.
    if (!(await stay.segment.isThere())) return;
    await writeFinalFiles(layout, stay.plan, index, { settings, input, outputAsGiven });
  });
};

const workThrough = async (
  request: AlignRequest,
  context: AlignContext,
  place: Place,
  engine: EngineLease,
  tally: Tally,
): Promise<void> => {
  const { stay, layout, input } = place;
  const { entries, chunks } = stay.plan;
  const stop = new AbortController();
  const addDone = (photos: number): void => {
    tally.done += photos;
    context.onProgress(tally.done, entries.length);
  };
  const work: ChunkWork = {
    layout,
    input,
    settings: request.settings,
    stay,
    engine,
    gate: createGate(),
    index: context.index,
    signal: AbortSignal.any([context.signal, stop.signal]),
    onDone(outcome) {
      if (outcome.kind === 'unchanged') tally.unchanged += 1;
      addDone(1);
    },
  };
  addDone(entries.filter((entry) => entry.work === null).length);
  const order =
    request.order === 'random' ? shuffled(chunks.length, context.random) : chunks.map((_, chunk) => chunk);
  const theirs = await doUnclaimed(work, order, {
    abort: () => {
      stop.abort();
    },
    onDoneByOthers: addDone,
  });
  await doLeftOver(work, theirs, addDone);
};

const reportOf = (
  request: AlignRequest,
  context: AlignContext,
  layout: Layout,
  parts: {
    readonly engine: EngineLease;
    readonly meter: StageMeter;
    readonly tally: Tally;
    readonly seconds: number;
  },
): AlignReport => {
  const { images, aligned, noFace, failed, skipped } = context.index.counts();
  const { seconds, tally } = parts;
  return {
    images,
    aligned,
    noFace,
    failed,
    skipped,
    unchanged: tally.unchanged,
    ...context.index.sums(),
    seconds,
    imagesPerSecond: seconds > 0 ? tally.done / seconds : 0,
    engine: parts.engine.info,
    ledger: layout.ledger,
    boundingBoxes: layout.boundingBoxes(settingsNumber(request.settings)),
    stages: parts.meter.total(),
  };
};

const showPlan = (context: AlignContext, { stay }: Place): void => {
  const settled = new Map(stay.plan.entries.map(({ file, settled: record }) => [file, record]));
  context.index.reset([...settled.keys()], (file) => {
    const record = settled.get(file) ?? null;
    return record === null ? (stay.records.get(file) ?? null) : JSON.stringify(record);
  });
};

/** Folders of a request, checked. @throws a failure that says why they cannot be used */
export const checkRequest = async ({
  input,
  output,
}: AlignRequest): Promise<{ readonly input: string; readonly layout: Layout }> => {
  const folders = await checkFolders(input, output);
  return { input: folders.input, layout: layoutOf(folders.output) };
};

/** Does the work of a run that has its place, to the final files. */
const alignInPlace = async (
  request: AlignRequest,
  context: AlignContext,
  place: Place,
  engine: EngineLease,
  startedMs: number,
): Promise<AlignReport> => {
  showPlan(context, place);
  const meter = await startStageMeter(
    () => engine.client.stages({}, { signal: AbortSignal.any([engine.lost]) }),
    () => {
      context.onLimit(meter.limitedBy());
    },
  );
  const tally: Tally = { done: 0, unchanged: 0 };
  await cleaningUp(
    () => workThrough(request, context, place, engine, tally),
    () => meter.stop(),
  );
  await finish(request, context, place);
  const seconds = (context.now() - startedMs) / 1000;
  return reportOf(request, context, place.layout, { engine, meter, tally, seconds });
};

/**
 * Aligns a folder of photos. What an earlier run did is checked and kept; what ends with an error or is aborted keeps what was done.
 * @throws a failure, or the signal's reason when it is aborted
 */
export const alignFolder = async (request: AlignRequest, context: AlignContext): Promise<AlignReport> => {
  const startedMs = context.now();
  const { input, layout } = await checkRequest(request);
  // Starting takes an engine a second, in which the folder is read.
  const starting = context.host.acquire(request.engine, context.signal);
  // A failure is told to whoever awaits it.
  const release = starting.then(
    (engine) => engine.release,
    () => () => undefined,
  );
  try {
    return await alignScanned(request, context, { input, layout, startedMs, starting });
  } finally {
    // Nobody waits for an engine that turns out not to be needed.
    void release.then((end) => {
      end();
    });
  }
};

const alignScanned = async (
  request: AlignRequest,
  context: AlignContext,
  {
    input,
    layout,
    startedMs,
    starting,
  }: {
    readonly input: string;
    readonly layout: Layout;
    readonly startedMs: number;
    readonly starting: Promise<EngineLease>;
  },
): Promise<AlignReport> => {
  const found = await scanFolder(input, context.signal);
  if (found.every(({ problem }) => problem?.status === 'skipped')) {
    throw unusable(`There are no photos in ${request.input}: name the folder that holds them.`);
  }
  const presence = createPresence(layout, context.owners, randomBytes(6).toString('hex'));
  try {
    const { settings } = request;
    const { now, signal } = context;
    await makeOutputFolder(layout.folder);
    await checkManifest(layout, { settings, input });
    const engine = await starting;
    const stay = await enter({ layout, presence, settings, input, now, signal }, found);
    return await cleaningUp(
      () => alignInPlace(request, context, { layout, input, presence, stay }, engine, startedMs),
      () => stay.leave(),
    );
  } catch (error) {
    throw writeFailure(error, layout.folder);
  } finally {
    presence.end();
    context.index.settle();
  }
};
