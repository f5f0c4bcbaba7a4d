import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { WorkspaceNotice } from '../../contract/workspace.ts';
import { createTurns } from '../../core/jobs/turns.ts';
import type { Owners } from '../align/owner.ts';
import { backUpBeforeMigration, keepBackups } from '../backups/keep.ts';
import { listBackups } from '../backups/names.ts';
import { letGoOfClosed, type Database } from '../catalogue/database.ts';
import { noteClosed, takeClosedNote } from '../catalogue/closed-stamp.ts';
import { openCatalogue, type OpenCatalogueOptions } from '../catalogue/open.ts';
import { asError, isFailure, systemCode, unusable } from '../failure.ts';
import { realPathOf } from '../files/paths.ts';
import { createFaceIndex, type FaceIndex } from '../faces/index.ts';
import { prepareWhenIdle } from '../faces/prepare-when-idle.ts';
import { keepFoundFaces, openFoundFaces } from '../faces/found-cache.ts';
import { createSignal, type Signal } from '../streams.ts';
import { finishWiping } from '../purge/scrub.ts';
import { followWriter } from './follow-writer.ts';
import { lockWorkspace, type HeldLock } from './lock.ts';
import { pathsOf, type WorkspacePaths } from './paths.ts';
import { createPrecedence, type Precedence } from './precedence.ts';
import { ensureProperties } from './properties.ts';
import { createWorking, type Working } from './working.ts';

/** A workspace that this process has open. */
export type Workspace = {
  readonly paths: WorkspacePaths;
  readonly catalogue: Database;
  readonly isReadOnly: boolean;
  /** Tells of every change of files, faces or decisions. */
  readonly changes: Signal;
  /** Grows with every change, over closing and opening in this process too. */
  revision(): number;
  /** Says that files, sources or notices changed; faces say it themselves. */
  touch(): void;
  /** Grows when files, sources or notices changed. */
  filesRevision(): number;
  /** Tells that a look at a source found pictures that are new or have changed. */
  readonly arrivals: Signal;
  /** Does one thing after the other with a source: two looks at a time would take one file for two. */
  inTurnOf<Result>(source: number, task: () => Promise<Result>): Promise<Result>;
  /** What somebody waits for goes before what nobody waits for. */
  readonly precedence: Precedence;
  /** What a person should know about it while it is open. */
  notices(): readonly WorkspaceNotice[];
  setNotices(notices: readonly WorkspaceNotice[]): void;
  /** Aborted when it is closed. */
  readonly ended: AbortSignal;
  /** What went wrong while it was opened and does not keep anybody from working, as sentences. */
  problems(): readonly string[];
  /** Does work that closing stops, by this signal, and waits for. */
  readonly whileOpen: Working['whileOpen'];
  /** All its faces in memory, read at the first call. */
  faces(): FaceIndex;
  close(): Promise<void>;
};

/** Of all workspaces of the process, so that none that is opened anew counts from the start. */
let lastRevision = 0;

const isThere = async (file: string): Promise<boolean> => {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false;
    throw error;
  }
};

/** The paths of the workspace in a folder. @throws UNUSABLE when there is none */
export const findWorkspace = async (given: string): Promise<WorkspacePaths> => {
  const paths = pathsOf(await realPathOf(given));
  if (!(await isThere(paths.catalogue)))
    throw unusable(
      `There is no workspace in ${given}: check the path, or make one with "facenet-studio init ${given}".`,
    );
  return paths;
};

/** The paths of the workspace in a folder, also of one that has only backups left. @throws UNUSABLE when there is none */
export const findToRestore = async (given: string): Promise<WorkspacePaths> => {
  const paths = pathsOf(await realPathOf(given));
  return listBackups(paths.backups).length > 0 ? paths : findWorkspace(given);
};

/** Makes the daily backup; work goes on without it, and somebody is told why it could not be made. */
const keepBackup = async (
  catalogue: Database,
  paths: WorkspacePaths,
  nowMs: number,
  tell: (problem: string) => void,
): Promise<void> => {
  try {
    await keepBackups(catalogue, paths, nowMs);
  } catch (error) {
    tell(`The daily backup could not be made. ${asError(error).message}`);
  }
};

/** Ends a purge that was killed; while somebody reads the catalogue it cannot, and is ended another time. */
const endPurge = (catalogue: Database, problems: string[]): void => {
  try {
    finishWiping(catalogue);
  } catch (error) {
    if (!isFailure(error)) throw error;
    problems.push(error.message);
  }
};

/**
 * How much of a catalogue is checked before it is used. One that was closed as it should be, and not touched since, is what SQLite left:
 * reading all of it again would only keep people waiting. The daily backup reads it in any case.
 */
const checkOf = (paths: WorkspacePaths, lock: HeldLock | null): OpenCatalogueOptions['check'] => {
  if (lock === null) return 'quick_check';
  const isAsClosed = takeClosedNote(paths.catalogue, paths.closed);
  if (lock.wasLeftBehind) return 'integrity_check';
  return isAsClosed ? 'none' : 'quick_check';
};

/** Opens the catalogue, and does what is due when one begins to write it. @throws as `openCatalogue` does */
const openFor = async (
  paths: WorkspacePaths,
  options: {
    readonly isReadOnly: boolean;
    readonly lock: HeldLock | null;
    readonly nowMs: number;
    readonly problems: string[];
  },
): Promise<Database> => {
  const { isReadOnly, lock, nowMs, problems } = options;
  // Whoever checked or restored the catalogue in this process closed it too.
  await letGoOfClosed();
  try {
    const catalogue = openCatalogue(paths.catalogue, {
      isReadOnly,
      check: checkOf(paths, lock),
      backUp: (database) => {
        backUpBeforeMigration(database, paths, nowMs);
      },
    });
    if (isReadOnly) return catalogue;
    ensureProperties(catalogue);
    endPurge(catalogue, problems);
    return catalogue;
  } finally {
    await letGoOfClosed();
  }
};

/** Closes a catalogue, lets go of its files and gives its lock back, whatever fails on the way. */
const closeCatalogue = async (
  catalogue: Database,
  paths: WorkspacePaths,
  unlock: () => Promise<void>,
): Promise<void> => {
  try {
    catalogue.close();
    await letGoOfClosed();
    if (!catalogue.isReadOnly) noteClosed(paths.catalogue, paths.closed);
  } finally {
    await letGoOfClosed();
    await unlock();
  }
};

/** The turns of each source, by its id. */
const createTurnsOfSources = (): ((source: number) => ReturnType<typeof createTurns>) => {
  const turns = new Map<number, ReturnType<typeof createTurns>>();
  return (source) => {
    const known = turns.get(source) ?? createTurns(1);
    turns.set(source, known);
    return known;
  };
};

/**
 * Opens a workspace: for writing under its lock, for reading beside whoever writes.
 * @throws a failure when there is none, when somebody else has it open for writing, or when its catalogue is damaged
 */
export const openWorkspace = async (
  paths: WorkspacePaths,
  owners: Owners,
  options: { readonly isReadOnly: boolean; readonly now?: () => number },
): Promise<Workspace> => {
  const { isReadOnly, now = Date.now } = options;
  const owner = owners.create(randomBytes(6).toString('hex'));
  const lock = isReadOnly ? null : await lockWorkspace(paths, owner, owners);
  const unlock = async (): Promise<void> => {
    await lock?.release();
    owners.end(owner);
  };
  const problems: string[] = [];
  let catalogue: Database;
  try {
    catalogue = await openFor(paths, { isReadOnly, lock, nowMs: now(), problems });
  } catch (error) {
    await unlock();
    throw error;
  }
  let index: FaceIndex | null = null;
  const changes = createSignal();
  const ending = new AbortController();
  const touch = (): void => {
    lastRevision += 1;
    changes.notify();
  };
  let filesRevision = 1;
  let notices: readonly WorkspaceNotice[] = [];
  const turnsOf = createTurnsOfSources();
  const precedence = createPrecedence();
  let readingMs = 0;
  const readFaces = (): FaceIndex => {
    const startedMs = performance.now();
    const faces = createFaceIndex(catalogue, openFoundFaces(catalogue, paths.cache));
    readingMs = performance.now() - startedMs;
    faces.changes.subscribe(touch);
    prepareWhenIdle(faces, precedence, ending.signal);
    return faces;
  };
  const forgetFaces = (): void => {
    index = null;
    touch();
  };
  const following = isReadOnly ? followWriter(catalogue, forgetFaces, () => readingMs) : null;
  lastRevision += 1;
  const working = createWorking(ending.signal);
  const tell = (problem: string): void => {
    problems.push(problem);
    touch();
  };
  if (!isReadOnly) void working.whileOpen(() => keepBackup(catalogue, paths, now(), tell));
  return {
    paths,
    catalogue,
    isReadOnly,
    changes,
    revision: () => lastRevision,
    touch() {
      filesRevision += 1;
      touch();
    },
    filesRevision: () => filesRevision,
    arrivals: createSignal(),
    inTurnOf: (source, task) => turnsOf(source)(task),
    precedence,
    notices: () => notices,
    setNotices(next) {
      notices = next;
      touch();
    },
    ended: ending.signal,
    faces: () => (index ??= readFaces()),
    problems: () => problems,
    whileOpen: (work) => working.whileOpen(work),
    async close() {
      ending.abort();
      following?.close();
      await working.settled();
      try {
        if (index !== null) keepFoundFaces(catalogue, paths.cache, index.columns());
      } finally {
        await closeCatalogue(catalogue, paths, unlock);
      }
    },
  };
};
