import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EditCommand } from '../../src/contract/workspace-edits.ts';
import type { ClusterSettings } from '../../src/core/clustering/cluster-faces.ts';
import { createPlainForeignSearch } from '../../src/core/clustering/foreign.ts';
import { createRandom } from '../../src/core/cleaning/random.ts';
import { edgesOfNew, joinArrivals } from '../../src/core/clustering/arrivals.ts';
import { clusterFaces } from '../../src/core/clustering/cluster-faces.ts';
import { NEW } from '../../src/core/clustering/clustering.ts';
import type { ConstraintConflict } from '../../src/core/clustering/constraints.ts';
import { keepClustering, readClustering } from '../../src/studio/clustering/kept-clusters.ts';
import { facesToCluster, knownOfFaces } from '../../src/studio/clustering/known-of-faces.ts';
import { applyEdit, redo, undo, type Editing } from '../../src/studio/edits/edit.ts';
import { FACE_STATES, NOBODY } from '../../src/studio/edits/fields.ts';
import { isFailure } from '../../src/studio/failure.ts';
import { emptyCatalogue, smallDataset, WHO } from '../workspace/dataset.ts';
import { graphOf, lengthsOf, vectorsOf } from './graphs.ts';

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const SEQUENCES = isLong ? 10_000 : 1_000;
const FACES = 17;
const IDENTITIES = 7;

/** A place on a line for each face, near to others, so that every run has clusters to join and to part. */
const placeOfFace = (() => {
  const random = createRandom(3);
  const places = Array.from({ length: FACES + 1 }, () => Math.floor(random() * 6) + random());
  return (face: number): number => places[face] ?? 0;
})();
const vectorsOfFaces = (faces: Uint32Array) => vectorsOf([...faces].map((face) => [placeOfFace(face), 1]));

/** Clusters by ids of faces, as they are kept. */
const cluster = async (editing: Editing, parameters: ClusterSettings) => {
  const faces = facesToCluster(editing.faces);
  const vectors = vectorsOfFaces(faces);
  const material = {
    graph: graphOf(vectors, 4),
    lengths: lengthsOf(vectors),
    search: createPlainForeignSearch(vectors),
  };
  const known = knownOfFaces(editing.catalogue, editing.faces, faces);
  const { labels, conflicts } = await clusterFaces(material, parameters, known);
  keepClustering(editing, { variant: 'test', parameters, faces, labels }, { who: WHO, label: 'Clustered.' });
  return { faces, labels, conflicts };
};

/** Decisions as a person made them, written down by a model that knows nothing of the catalogue: read from its lists alone. */
const rulesOf = ({ catalogue, faces }: Editing) => {
  const columns = faces.columns();
  const decisions = new Map(
    catalogue
      .all<{ field: number; subject: number; value: number }>('SELECT * FROM decisions WHERE field IN (1, 2)')
      .map(({ field, subject, value }) => [`${String(field)} ${String(subject)}`, value]),
  );
  const merged = new Set(
    catalogue
      .all<{ subject: number }>('SELECT subject FROM decisions WHERE field = 9')
      .map(({ subject }) => faces.people().canonical(subject)),
  );
  const whoIs = new Map<number, number>();
  const isNot = new Map<number, number>();
  for (let place = 0; place < columns.count; place += 1) {
    const face = columns.ids[place] ?? 0;
    const identity = columns.identities[place] ?? 0;
    const state = FACE_STATES[decisions.get(`1 ${String(face)}`) ?? 0];
    const moved = decisions.get(`2 ${String(face)}`);
    if (state === 'rejected') isNot.set(face, identity);
    else if (state === 'confirmed' || (moved !== undefined && moved !== NOBODY) || merged.has(identity))
      whoIs.set(face, identity);
  }
  const pairs = catalogue.all<{ a: number; b: number; value: number }>(
    'SELECT face_a AS a, face_b AS b, value FROM decisions JOIN face_pairs ON id = subject WHERE field = 11',
  );
  const photoOf = new Map(
    catalogue
      .all<{ id: number; photo_id: number }>('SELECT id, photo_id FROM faces')
      .map((row) => [row.id, row.photo_id]),
  );
  return { whoIs, isNot, pairs, photoOf };
};

type Found = {
  readonly faces: Uint32Array;
  readonly labels: Int32Array;
  /** By places. */
  readonly conflicts: readonly ConstraintConflict[];
};

/** Everything that clusters break, but for what they tell as contradictions. */
const broken = (editing: Editing, found: Found): readonly string[] => {
  const { whoIs, isNot, pairs, photoOf } = rulesOf(editing);
  const labelOf = new Map([...found.faces].map((face, place) => [face, found.labels[place]]));
  const isAside = (a: number, b: number): boolean =>
    found.conflicts.some(({ faces }) => {
      const [one, other] = faces.map((place) => found.faces[place]);
      return (one === a && other === b) || (one === b && other === a);
    });
  const cases: string[] = [];
  const check = (a: number, b: number, isOne: boolean, what: string): void => {
    if (!labelOf.has(a) || !labelOf.has(b) || isAside(a, b)) return;
    if ((labelOf.get(a) === labelOf.get(b)) !== isOne) cases.push(`${what}: ${String(a)} and ${String(b)}`);
  };
  for (const { a, b, value } of pairs) check(a, b, value === 1, 'pair');
  for (const a of labelOf.keys())
    for (const b of labelOf.keys()) {
      if (a >= b) continue;
      const [one, other] = [whoIs.get(a) ?? 0, whoIs.get(b) ?? 0];
      if (one !== 0 && other !== 0) check(a, b, one === other, 'identity');
      if (photoOf.get(a) === photoOf.get(b)) check(a, b, false, 'photo');
    }
  // A rejected face is apart from all that are its identity, or from none if a contradiction says so of one of them.
  for (const [face, identity] of isNot) {
    const own = [...whoIs]
      .filter(([other, who]) => who === identity && labelOf.has(other))
      .map(([other]) => other);
    if (identity === 0 || own.some((other) => isAside(face, other))) continue;
    for (const other of own) check(face, other, false, 'rejected');
  }
  return cases;
};

const face = fc.integer({ min: 1, max: FACES });
const identity = fc.integer({ min: 1, max: IDENTITIES });
const selection = fc.record({ faces: fc.array(face, { minLength: 1, maxLength: 4 }) });
const name = fc.constantFrom('ann', 'bob', 'eve', 'fay', 'gil');
const edit: fc.Arbitrary<EditCommand> = fc.oneof(
  fc.record({ kind: fc.constant('mark' as const), selection, state: fc.constantFrom(...FACE_STATES) }),
  fc.record({
    kind: fc.constant('move' as const),
    selection,
    to: fc.oneof(fc.constant(null), fc.record({ name })),
  }),
  fc.record({ kind: fc.constant('split' as const), selection, name }),
  fc.record({
    kind: fc.constant('merge' as const),
    identities: fc.array(identity, { minLength: 1, maxLength: 2 }),
    into: identity,
  }),
  fc.record({
    kind: fc.constant('decide-pairs' as const),
    pairs: fc.array(fc.tuple(face, face), { minLength: 1, maxLength: 3 }),
    isSame: fc.constantFrom(true, false, null),
  }),
);
const settings: fc.Arbitrary<ClusterSettings> = fc.oneof(
  fc.record({
    algorithm: fc.constant('dbscan' as const),
    eps: fc.constantFrom(0.2, 0.6, 2),
    minSamples: fc.constantFrom(1, 3),
  }),
  fc.record({
    algorithm: fc.constant('chinese-whispers' as const),
    threshold: fc.constantFrom(0.9, 0.99),
    iterations: fc.constant(5),
    seed: fc.nat(9),
  }),
  fc.record({
    algorithm: fc.constant('hdbscan' as const),
    minClusterSize: fc.constantFrom(2, 3),
    minSamples: fc.constantFrom(1, 3),
  }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: edit },
  { weight: 2, arbitrary: settings },
  { weight: 2, arbitrary: fc.constant('undo' as const) },
  { weight: 1, arbitrary: fc.constant('redo' as const) },
);

const tryEdit = (editing: Editing, command: EditCommand): void => {
  try {
    applyEdit(editing, command, WHO);
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
};

describe('clusters of a workspace', () => {
  it(
    `keep every decision and lose no face over ${String(SEQUENCES)} random sequences of cluster, merge, split and undo`,
    { timeout: 900_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), settings, async (steps, last) => {
          const editing = smallDataset(emptyCatalogue());
          for (const each of [...steps, last]) {
            if (each === 'undo') undo(editing, WHO);
            else if (each === 'redo') redo(editing, WHO);
            else if ('kind' in each) tryEdit(editing, each);
            else {
              const found = await cluster(editing, each);
              expect(broken(editing, found)).toEqual([]);
              const kept = readClustering(editing.catalogue);
              expect(kept).toMatchObject({ parameters: each, faces: facesToCluster(editing.faces) });
              expect(kept?.labels).toEqual(found.labels);
            }
          }
          editing.catalogue.close();
        }),
        { numRuns: SEQUENCES },
      );
    },
  );

  it('leave out what is no face, and nothing else', () => {
    const editing = smallDataset(emptyCatalogue());
    const all = [...facesToCluster(editing.faces)];
    applyEdit(editing, { kind: 'mark', selection: { faces: [2] }, state: 'not-a-face' }, WHO);
    applyEdit(editing, { kind: 'mark', selection: { faces: [3] }, state: 'rejected' }, WHO);
    expect([...facesToCluster(editing.faces)]).toEqual(all.filter((each) => each !== 2));
  });

  it('tell which decisions contradict', async () => {
    const editing = smallDataset(emptyCatalogue());
    const say = (pairs: [number, number][], isSame: boolean) =>
      applyEdit(editing, { kind: 'decide-pairs', pairs, isSame }, WHO);
    say(
      [
        [1, 4],
        [4, 6],
      ],
      true,
    );
    say([[1, 6]], false);
    const { faces, conflicts } = await cluster(editing, { algorithm: 'dbscan', eps: 0.1, minSamples: 1 });
    const at = (id: number): number => faces.indexOf(id);
    expect(conflicts).toEqual([
      { kind: 'together', faces: [at(4), at(6)], because: 'pairs', pairs: [[at(1), at(6)]] },
    ]);
  });

  it('are one step of the history: undo brings back those of the run before', async () => {
    const editing = smallDataset(emptyCatalogue());
    const kept = () => readClustering(editing.catalogue)?.labels;
    const first = await cluster(editing, { algorithm: 'dbscan', eps: 0.2, minSamples: 1 });
    const second = await cluster(editing, { algorithm: 'dbscan', eps: 2, minSamples: 1 });
    expect(kept()).toEqual(second.labels);
    expect(second.labels).not.toEqual(first.labels);
    expect(undo(editing, WHO)?.kind).toBe('cluster');
    expect(kept()).toEqual(first.labels);
    undo(editing, WHO);
    expect(readClustering(editing.catalogue)).toBeNull();
    redo(editing, WHO);
    redo(editing, WHO);
    expect(kept()).toEqual(second.labels);
  });

  it('take new faces in under the same decisions, and move nobody', async () => {
    const editing = smallDataset(emptyCatalogue());
    const first = await cluster(editing, { algorithm: 'dbscan', eps: 0.6, minSamples: 1 });
    const ids = first.faces;
    const known = ids.length - 4;
    const labels = first.labels.map((label, place) => (place < known ? label : NEW));
    const edges = edgesOfNew(labels, graphOf(vectorsOfFaces(ids), 6), 0.6);
    const joined = joinArrivals(labels, edges, knownOfFaces(editing.catalogue, editing.faces, ids));
    expect(broken(editing, { ...joined, faces: ids })).toEqual([]);
    expect([...joined.labels.subarray(0, known)]).toEqual([...first.labels.subarray(0, known)]);
    expect(joined.labels).toHaveLength(ids.length);
  });
});
