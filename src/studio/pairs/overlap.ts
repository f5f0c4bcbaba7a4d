import type { EngineChoice } from '../../contract/engine.ts';
import type { OverlapReport } from '../../contract/pairs.ts';
import type { ProtocolFigures, ValidationReport, ValidationRequest } from '../../contract/validation.ts';
import { membersOf } from '../../core/cleaning/labelled-faces.ts';
import { findImages } from '../../core/pairs/find-images.ts';
import type { PairList } from '../../core/pairs/pair-list.ts';
import { findOverlaps, type Overlap, type TwoSets } from '../../core/verification/overlap.ts';
import { findNeighbours } from '../../node/neighbours/find.ts';
import { NEIGHBOURS } from '../cleaning/evidence.ts';
import { unusable } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { ByModel } from '../validation/asked-model.ts';
import { validatePairs } from '../validation/validate.ts';
import { embedPictures, type EmbeddedPictures } from './set-of-pictures.ts';

/** Pictures of one set whose person is named, with the identity of each among those of both sets. */
type Side = {
  readonly pictures: EmbeddedPictures;
  readonly names: readonly string[];
  readonly identityOf: ReadonlyMap<string, number>;
};

const sideOf = (pictures: EmbeddedPictures, firstIdentity: number): Side => {
  const names = [...new Set(pictures.labels.filter((label) => label !== null))].sort();
  return {
    pictures,
    names,
    identityOf: new Map(names.map((name, place) => [name, firstIdentity + place])),
  };
};

/** Faces of both sets with a vector, those of the training set first, and the file of each. */
const facesOf = (sides: readonly Side[]) => {
  const dimensions = sides[0]?.pictures.vectors.dimensions ?? 0;
  const faces = sides.flatMap(({ pictures: { files, labels, rows, vectors }, identityOf }) =>
    rows.flatMap((row, place) => {
      const identity = identityOf.get(labels[place] ?? '');
      if (typeof row !== 'number' || identity === undefined) return [];
      const values = vectors.values.subarray(row * dimensions, (row + 1) * dimensions);
      return [{ file: files[place] ?? '', identity, values }];
    }),
  );
  const values = new Float32Array(faces.length * dimensions);
  faces.forEach((face, place) => {
    values.set(face.values, place * dimensions);
  });
  return {
    files: faces.map(({ file }) => file),
    vectors: { count: faces.length, dimensions, values },
    identityOf: Int32Array.from(faces, ({ identity }) => identity),
  };
};

const sizeOf = ({ names, pictures: { files, rows } }: Side): OverlapReport['test'] => ({
  people: names.length,
  pictures: files.length,
  withoutVector: rows.filter((row) => typeof row !== 'number').length,
});

/** A list without the pairs that show somebody of `people`. */
const without = (list: PairList, { pictures, identityOf }: Side, people: ReadonlySet<number>): PairList => {
  const found = findImages(list.pairs, pictures.files);
  const isConcerned = (path: string): boolean => {
    const place = found.get(path);
    const label = typeof place === 'number' ? (pictures.labels[place] ?? null) : null;
    return label !== null && people.has(identityOf.get(label) ?? -1);
  };
  return {
    ...list,
    pairs: list.pairs.filter(({ first, second }) => !isConcerned(first) && !isConcerned(second)),
  };
};

const figuresAlone = ({ accuracy, val, auc, eer }: ValidationReport): ProtocolFigures => ({
  ...{ accuracy, val, auc, eer },
});

/** A list of pairs of the test set, and how it is judged. */
export type ListToJudge = {
  readonly list: PairList;
  readonly rules: Pick<
    ValidationRequest,
    'pairs' | 'metric' | 'subtractsMean' | 'folds' | 'farTarget' | 'missing'
  >;
};

/** Who is compared with whom, by which vectors. */
export type OverlapWish = {
  readonly train: string;
  readonly test: string;
  readonly asked: ByModel;
  readonly choice: EngineChoice;
  /** As in the contract's `OverlapRequest`. */
  readonly threshold: number | null;
  readonly judged: ListToJudge | null;
};

const judge = (
  { test: folder, asked, choice }: OverlapWish,
  { list, rules }: ListToJudge,
  test: Side,
  people: ReadonlySet<number>,
): OverlapReport['judged'] => {
  const { folds } = rules;
  const request: ValidationRequest = {
    ...rules,
    ...{ folder, vectors: asked, method: 'exact', engine: choice },
  };
  const left = without(list, test, people);
  return {
    all: figuresAlone(validatePairs(list, test.pictures, request)),
    disjoint: left.pairs.length < folds ? null : figuresAlone(validatePairs(left, test.pictures, request)),
    pairs: list.pairs.length,
    leftOut: list.pairs.length - left.pairs.length,
  };
};

/** Says who of a test set is in a training set too. @throws UNUSABLE, FAILED, or the signal's reason */
export const overlapOf = async (
  studio: Studio,
  wish: OverlapWish,
  hooks: WorkHooks,
): Promise<OverlapReport> => {
  const train = sideOf(await embedPictures(studio, wish.train, wish, hooks), 0);
  const test = sideOf(await embedPictures(studio, wish.test, wish, hooks), train.names.length);
  for (const [side, folder] of [
    [train, wish.train],
    [test, wish.test],
  ] as const)
    if (side.names.length === 0)
      throw unusable(`${folder} holds no pictures of named people: nobody can be in both sets.`);
  const names = [...train.names, ...test.names];
  const { files, vectors, identityOf } = facesOf([train, test]);
  const faces = { vectors, identityOf, identityCount: names.length };
  const graph = await findNeighbours(vectors, {
    k: NEIGHBOURS,
    signal: hooks.signal,
    onProgress: (done) => {
      hooks.onProgress(done, vectors.count);
    },
  });
  const sets: TwoSets = {
    names,
    trainCount: train.names.length,
    evidence: { ...faces, graph, members: membersOf(faces) },
  };
  const overlaps = findOverlaps(sets, wish.threshold);
  const people = new Set(overlaps.map((overlap) => overlap.test));
  return {
    model: train.pictures.model ?? '',
    train: sizeOf(train),
    test: sizeOf(test),
    overlaps: overlaps.map((overlap) => toldOf(overlap, names, files)),
    people: people.size,
    judged: wish.judged === null ? null : judge(wish, wish.judged, test, people),
    engine: test.pictures.engine ?? train.pictures.engine,
  };
};

const toldOf = (
  { test, train, isByName, isByFace, distance, faces }: Overlap,
  names: readonly string[],
  files: readonly string[],
): OverlapReport['overlaps'][number] => ({
  test: names[test] ?? '',
  train: names[train] ?? '',
  byName: isByName,
  byFace: isByFace,
  distance,
  pictures: faces.map(([of, against]) => [files[of] ?? '', files[against] ?? '']),
});
