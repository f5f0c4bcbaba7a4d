import { LEFT_OUT, NEW } from '../../core/clustering/clustering.ts';
import type { Constraints } from '../../core/clustering/constraints.ts';
import { createTurns } from '../../core/jobs/turns.ts';
import { keptFaces } from '../embeddings/kept-faces.ts';
import { FLAG, placeOf } from '../faces/columns.ts';
import { unusable } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspace } from '../workspace/open.ts';
import { gatherFaces, textOfKey, type Gathered, type VectorKind } from './gather.ts';
import { presentClustering, readClustering } from './kept-clusters.ts';
import { facesToCluster, knownOfFaces, nameOfFace } from './known-of-faces.ts';
import { startClusterThread, type ClusterThread } from './on-thread.ts';
import type { Answer, Given, Question } from './thread-messages.ts';

/** The clusters of now, by places of the gathered faces. */
export type Laid = Answer<'lay'> & {
  /** [places] ids of faces. */
  readonly ids: Uint32Array;
  readonly placeOf: (face: number) => number | undefined;
  readonly quality: Answer<'measure'>;
  /** The workspace's faces as they were. */
  readonly revision: number;
};

/** What is known of the faces now, by their places. */
export type Present = {
  readonly ids: Uint32Array;
  /** [places] 1 for faces that take part. */
  readonly takesPart: Uint8Array;
  readonly constraints: Constraints;
  /** [places] clusters of the run that holds; see `NEW` and `LEFT_OUT`. */
  readonly labels: Int32Array;
  /** [places] the identity whose name each face bears; -1 for none. */
  readonly names: Int32Array;
};

/** Vectors of a workspace and their neighbours on a thread, for as long as it is open. */
export type Desk = {
  readonly kind: VectorKind;
  /** Whether everything is answered at once. */
  isReady(): boolean;
  /** Gets vectors and neighbours where they are not at hand, or are not those of the faces any more. @param isExact see `gatherFaces` */
  prepare(isExact: boolean, hooks: WorkHooks): Promise<void>;
  /** Vectors were made: those of before are not all any more. */
  outdate(): void;
  present(): Promise<Present>;
  /** The place of a face among those at hand; undefined for one without a vector. */
  placeOf(face: number): number | undefined;
  /** The clusters of now: those of the run that holds, as decisions would have them. Kept until something changes. */
  laid(): Promise<Laid>;
  ask<Asked extends Question>(
    kind: Asked,
    given: Given<Asked>,
    hooks?: Partial<WorkHooks>,
  ): Promise<Answer<Asked>>;
  close(): Promise<void>;
};

const NOT_READY = 'The vectors of the workspace are not at hand yet: open its clusters again.';

/** Groups farther apart than so many times the distance that joins them are not worth a question. */
const SUGGEST_TIMES_EPS = 1.45;

type Held = Gathered & { readonly thread: ClusterThread; readonly placeById: ReadonlyMap<number, number> };

/** Faces whose box was changed by hand, before or now: their vectors may be of another box. */
const editedFaces = (workspace: Workspace, ids: Uint32Array): Uint32Array => {
  const columns = workspace.faces().columns();
  return ids.filter((id) => ((columns.flags[placeOf(columns, id)] ?? 0) & FLAG.edited) !== 0);
};

/** The places of faces whose vectors are those of their boxes as they are. */
const freshPlaces = async (
  workspace: Workspace,
  { keys, placeById }: Held,
  wasEdited: ReadonlySet<number>,
  ids: Uint32Array,
): Promise<readonly number[]> => {
  const doubtful = new Set([...wasEdited, ...editedFaces(workspace, ids)]);
  const stale = new Set<number>();
  const asked = ids.filter((id) => doubtful.has(id));
  for await (const part of keptFaces(workspace.catalogue, workspace.faces(), asked))
    for (const { face, key } of part) if (keys[placeById.get(face) ?? -1] !== textOfKey(key)) stale.add(face);
  return [...ids].flatMap((id) => (stale.has(id) ? [] : (placeById.get(id) ?? [])));
};

/** What is known, by places: faces that take no part are nobody's and of no photo. */
const spread = (known: Constraints, places: readonly number[], count: number): Constraints => {
  const people = new Int32Array(count);
  const photos = Int32Array.from({ length: count }, (_, place) => -1 - place);
  const at = (face: number): number => places[face] ?? 0;
  places.forEach((place, face) => {
    people[place] = known.people[face] ?? 0;
    photos[place] = known.photos?.[face] ?? 0;
  });
  const named = ([a, b]: readonly [number, number]) => [at(a), at(b)] as const;
  return { people, photos, together: known.together.map(named), apart: known.apart.map(named) };
};

/** Whose name faces bear, by their places; nobody's where a person said that the name is wrong. */
const namesAt = (
  workspace: Workspace,
  faces: Uint32Array,
  places: readonly number[],
  count: number,
): Int32Array => {
  const columns = workspace.faces().columns();
  const names = new Int32Array(count).fill(-1);
  faces.forEach((face, at) => {
    names[places[at] ?? 0] = nameOfFace(columns, placeOf(columns, face));
  });
  return names;
};

/** Nothing is at hand. Whoever makes one closes it. @param suggestUpTo joins clusters at this distance at most; see `distancesOf` */
export const createDesk = (workspace: Workspace, kind: VectorKind, eps: number): Desk => {
  const turns = createTurns(1);
  let held: Held | null = null;
  let wasEdited: ReadonlySet<number> = new Set();
  let isOutdated = false;
  let laid: { readonly key: string; readonly value: Promise<Laid> } | null = null;

  const holding = (): Held => {
    if (held === null) throw unusable(NOT_READY);
    return held;
  };
  const letGo = async (): Promise<void> => {
    const before = held;
    [held, laid] = [null, null];
    await before?.thread.close();
  };
  const isStillExact = ({ ids, graphed }: Held): boolean => graphed === ids.length;
  const gather = async (isExact: boolean, hooks: WorkHooks): Promise<void> => {
    if (held !== null && !isOutdated && (!isExact || isStillExact(held))) return;
    await letGo();
    isOutdated = false;
    const gathered = await gatherFaces(workspace, kind, isExact, hooks);
    const thread = startClusterThread();
    try {
      const { vectors, graphed, file } = gathered;
      await thread.ask('load', { vectors, graphed, file, parameters: null }, hooks);
    } catch (error) {
      await thread.close();
      throw error;
    }
    const placeById = new Map<number, number>();
    gathered.ids.forEach((id, place) => id !== 0 && placeById.set(id, place));
    wasEdited = new Set(
      editedFaces(
        workspace,
        gathered.ids.filter((id) => id !== 0),
      ),
    );
    held = { ...gathered, thread, placeById };
  };
  const present = async (): Promise<Present> => {
    const { ids, placeById } = holding();
    const index = workspace.faces();
    const wanted = facesToCluster(index);
    const places = await freshPlaces(workspace, holding(), wasEdited, wanted);
    const takesPart = new Uint8Array(ids.length);
    for (const place of places) takesPart[place] = 1;
    const taking = wanted.filter((id) => takesPart[placeById.get(id) ?? -1] === 1);
    const known = knownOfFaces(workspace.catalogue, index, taking);
    const labels = Int32Array.from(takesPart, (takes) => (takes === 1 ? NEW : LEFT_OUT));
    const run = readClustering(workspace.catalogue);
    run?.faces.forEach((face, at) => {
      const place = placeById.get(face);
      if (place !== undefined && takesPart[place] === 1) labels[place] = run.labels[at] ?? NEW;
    });
    const ordered = [...taking].map((id) => placeById.get(id) ?? 0);
    const names = namesAt(workspace, taking, ordered, ids.length);
    return { ids, takesPart, constraints: spread(known, ordered, ids.length), labels, names };
  };
  const lay = async (revision: number): Promise<Laid> => {
    const { thread, placeById } = holding();
    const { ids, labels, constraints, names } = await present();
    const answer = await thread.ask('lay', { labels, constraints, suggestUpTo: eps * SUGGEST_TIMES_EPS });
    const quality = await thread.ask('measure', { labels: answer.labels, names });
    return { ...answer, ids, placeOf: (face) => placeById.get(face), quality, revision };
  };
  return {
    kind,
    isReady: () => held !== null && !isOutdated,
    prepare: (isExact, hooks) => turns(() => gather(isExact, hooks)),
    outdate() {
      isOutdated = true;
    },
    present,
    placeOf: (face) => holding().placeById.get(face),
    laid() {
      const revision = workspace.faces().revision();
      const key = `${String(revision)} ${String(presentClustering(workspace.catalogue))}`;
      if (laid?.key === key) return laid.value;
      const value = lay(revision);
      laid = { key, value };
      value.catch(() => {
        if (laid?.value === value) laid = null;
      });
      return value;
    },
    ask: (asked, given, hooks) => holding().thread.ask(asked, given, hooks),
    close: () => turns(letGo),
  };
};
