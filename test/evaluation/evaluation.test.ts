import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { EvaluatedPairs, Evaluation, EvaluationRules } from '../../src/contract/evaluation.ts';
import type { OverlapReport } from '../../src/contract/pairs.ts';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { EditCommand } from '../../src/contract/workspace-edits.ts';
import type { FaceSummary } from '../../src/contract/workspace-faces.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { alignAll, connectStudio } from '../workspace/service.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const WHO = 'tester';
const PEOPLE = ['ann', 'bob', 'cy'];

let fakes: BuiltFakes;
let folder: string;
let workspace: string;
let list: string;
let connection: ProcessConnection<StudioClient>;
let studio: StudioClient;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluation-'));
  for (const person of PEOPLE) {
    await mkdir(join(folder, 'photos', person), { recursive: true });
    for (const photo of ['1', '2', '3'])
      await writeFile(join(folder, 'photos', person, `${photo}.jpg`), `one ${person} ${photo}`);
  }
  list = join(folder, 'pairs.csv');
  await writeFile(
    list,
    [
      'fold,file_a,file_b,same',
      '1,ann/1.jpg,ann/2.jpg,1',
      '1,bob/1.jpg,bob/2.jpg,1',
      '1,ann/1.jpg,bob/1.jpg,0',
      '1,ann/2.jpg,cy/1.jpg,0',
      '2,cy/1.jpg,cy/2.jpg,1',
      '2,ann/3.jpg,ann/2.jpg,1',
      '2,cy/2.jpg,bob/3.jpg,0',
      '2,ann/3.jpg,nobody/1.jpg,0',
    ].join('\n'),
  );
  connection = connectStudio(fakes, folder);
  studio = connection.client;
  ({ folder: workspace } = await studio.workspace.create({ folder: join(folder, 'work') }));
  await studio.workspace.addSource({ workspace, folder: join(folder, 'photos'), who: WHO });
  await alignAll(studio, workspace);
});
afterEach(async () => {
  await connection.process.stop();
  await rm(folder, { recursive: true, force: true });
});

const RULES = {
  model: null,
  isFlipped: false,
  metric: 'squared-euclidean',
  subtractsMean: false,
  folds: 2,
  farTarget: 0.5,
  missing: 'wrong',
} as const;

const lastOf = async (
  stream: AsyncIterable<{ readonly kind: string; readonly report?: Evaluation }>,
): Promise<Evaluation> => {
  let report: Evaluation | undefined;
  for await (const event of stream) report = event.report;
  if (report === undefined) throw new Error('There was no report.');
  return report;
};
const run = async (changes: Partial<EvaluationRules> = {}): Promise<Evaluation> =>
  lastOf(await studio.evaluation.run({ workspace, rules: { ...RULES, pairs: list, ...changes } }));
const refresh = async (evaluation: string): Promise<Evaluation> =>
  lastOf(await studio.evaluation.refresh({ workspace, evaluation }));
const pairsOf = (evaluation: Evaluation): Promise<EvaluatedPairs> =>
  studio.evaluation.pairs({
    workspace,
    evaluation: evaluation.id,
    state: evaluation.states.at(-1)?.number ?? 0,
  });
const edit = (command: EditCommand) => studio.workspace.edit({ workspace, command, who: WHO });
const faceOf = async (file: string): Promise<FaceSummary> => {
  const { faces } = await studio.workspace.faces({ workspace, filter: {}, offset: 0, limit: 100 });
  const face = faces.find((each) => each.file === file);
  if (face === undefined) throw new Error(`There is no face in ${file}.`);
  return face;
};

test('a list is judged, kept with its distances, and listed again by another service', async () => {
  const made = await run();
  expect(made).toMatchObject({
    ...{ id: '0001', name: 'pairs.csv', pairs: 8, same: 4, different: 4, hasOwnFolds: true },
    model: { id: 'face-api-128', dimensions: 128 },
    rules: { model: 'face-api-128', pairs: list },
  });
  expect(made.states).toHaveLength(1);
  expect(made.states[0]).toMatchObject({ scored: 7, missing: 1, labelErrors: 0, corrected: null });
  const pairs = await pairsOf(made);
  expect(pairs.same).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
  expect(pairs.folds).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  expect(pairs.distances[7]).toBeNull();
  expect(pairs.distances.filter((distance) => distance !== null && distance > 0)).toHaveLength(7);
  await run({ metric: 'angle' });
  await rm(list);
  await connection.process.stop();
  connection = connectStudio(fakes, folder);
  studio = connection.client;
  expect((await studio.evaluation.list({ workspace })).map(({ id }) => id)).toEqual(['0002', '0001']);
  expect(await pairsOf(made)).toEqual(pairs);
  // The list's own file is not needed any more.
  expect((await refresh('0001')).states).toEqual(made.states);
});

test('the figures are those of the command line', async () => {
  const { states } = await run();
  const { report } = await (async () => {
    for await (const event of await studio.validate.run({
      ...{ folder: workspace, pairs: list, metric: 'squared-euclidean', subtractsMean: false },
      vectors: { kind: 'model', model: null, isFlipped: false, standardisation: null },
      ...{ folds: 2, farTarget: 0.5, missing: 'wrong', method: 'exact', engine: 'auto' },
    }))
      if (event.kind === 'report') return event;
    throw new Error('There was no report.');
  })();
  const { accuracy, val, auc, eer } = report;
  expect(states[0]?.figures).toEqual({ accuracy, val, auc, eer });
});

test('an edit of a face makes exactly its pairs another distance, undo brings them back, and the history says so', async () => {
  const made = await run();
  const before = await pairsOf(made);
  const face = await faceOf('ann/2.jpg');
  const [left, top, right, bottom] = face.box;
  const { landmarks } = face;
  await edit({
    kind: 'edit-face',
    face: face.id,
    box: [left + 1, top, right, bottom],
    landmarks,
    rotationDegrees: 0,
  });
  const edited = await refresh(made.id);
  expect(edited.states.map(({ step }) => step)).toEqual([
    expect.any(String),
    'Changed the box or the landmarks of a face.',
  ]);
  const after = await pairsOf(edited);
  const changed = after.distances.flatMap((distance, pair) =>
    distance === before.distances[pair] ? [] : [pair],
  );
  expect(changed).toEqual([0, 3, 5]);
  await studio.workspace.undo({ workspace, who: WHO });
  const undone = await refresh(made.id);
  expect(undone.states[2]).toMatchObject({
    number: 3,
    step: 'Undone: Changed the box or the landmarks of a face.',
    figures: made.states[0]?.figures,
  });
  expect((await pairsOf(undone)).distances).toEqual(before.distances);
  expect((await refresh(made.id)).states).toHaveLength(3);
});

test('a pair of which something else is known counts as a label error, and the figures are told with it put right', async () => {
  const made = await run();
  const [ann, bob] = [await faceOf('ann/1.jpg'), await faceOf('bob/1.jpg')];
  await edit({ kind: 'decide-pairs', pairs: [[ann.id, bob.id]], isSame: true });
  const decided = await refresh(made.id);
  expect(decided.states[1]).toMatchObject({ labelErrors: 1, figures: made.states[0]?.figures });
  expect(decided.states[1]?.corrected).not.toBeNull();
  expect((await pairsOf(decided)).labelErrors).toEqual([2]);
  // What agrees with the list is no error, and moving a face says who it is.
  await edit({ kind: 'decide-pairs', pairs: [[ann.id, bob.id]], isSame: false });
  expect((await refresh(made.id)).states.at(-1)).toMatchObject({ labelErrors: 0, corrected: null });
  const moved = await faceOf('cy/1.jpg');
  await edit({ kind: 'move', selection: { faces: [moved.id] }, to: { name: 'ann' } });
  expect((await pairsOf(await refresh(made.id))).labelErrors).toEqual([3, 4]);
  await studio.workspace.undo({ workspace, who: WHO });
  expect((await refresh(made.id)).states.at(-1)?.labelErrors).toBe(0);
});

test('a pair that is marked as hard is told, until the mark is taken away', async () => {
  const made = await run();
  const [ann, bob] = [await faceOf('ann/1.jpg'), await faceOf('bob/1.jpg')];
  const { label } = await edit({ kind: 'mark-pairs', pairs: [[bob.id, ann.id]], isHard: true });
  expect(label).toBe('Marked 1 pair of faces as hard.');
  expect((await pairsOf(made)).hard).toEqual([2]);
  expect((await studio.workspace.faceHistory({ workspace, face: ann.id, limit: 5 }))[0]?.label).toBe(label);
  await studio.workspace.undo({ workspace, who: WHO });
  expect((await pairsOf(made)).hard).toEqual([]);
  // It is no figure: nothing is judged again for it.
  expect((await refresh(made.id)).states).toHaveLength(1);
});

test('pairs are described by the faces that stand for them now, and a missing one by its reason', async () => {
  const { id } = await run();
  const ann = await faceOf('ann/3.jpg');
  const [missing, first] = await studio.evaluation.describe({ workspace, evaluation: id, pairs: [7, 0] });
  expect(missing).toEqual({
    pair: 7,
    line: 9,
    first: { path: 'ann/3.jpg', face: ann.id, photo: ann.photo },
    second: { path: 'nobody/1.jpg', face: null, photo: null },
    missing: 'nobody/1.jpg: no such picture',
  });
  expect(first).toMatchObject({ pair: 0, line: 2, missing: null });
  await edit({ kind: 'mark', selection: { faces: [ann.id] }, state: 'not-a-face' });
  const [again] = await studio.evaluation.describe({ workspace, evaluation: id, pairs: [7] });
  // The photo is told all the same: a face can be drawn in it.
  expect(again?.first).toMatchObject({ face: null, photo: ann.photo });
});

test('of a photo with several faces the one that it is about stands for it', async () => {
  await mkdir(join(folder, 'photos', 'dee'));
  await writeFile(join(folder, 'photos', 'dee', '1.jpg'), 'two dee 1');
  await studio.workspace.scan({ workspace });
  await alignAll(studio, workspace);
  await writeFile(list, 'dee/1.jpg,ann/1.jpg,0\nann/1.jpg,ann/2.jpg,1\n');
  const { id } = await run();
  const faceShown = async (): Promise<number | null> =>
    (await studio.evaluation.describe({ workspace, evaluation: id, pairs: [0] }))[0]?.first.face ?? null;
  const { faces } = await studio.workspace.faces({
    ...{ workspace, offset: 0, limit: 100 },
    filter: { text: 'dee/1.jpg' },
  });
  const other = faces.find(({ isChosen }) => !isChosen);
  expect(await faceShown()).toBe(faces.find(({ isChosen }) => isChosen)?.id);
  await edit({ kind: 'choose-face', face: other?.id ?? 0 });
  expect(await faceShown()).toBe(other?.id);
  expect((await refresh(id)).states).toHaveLength(2);
});

test('people who are in a training set too are told, and the list is judged with and without them by its own rules', async () => {
  const train = join(folder, 'train');
  await mkdir(join(train, 'ANN'), { recursive: true });
  for (const photo of ['1', '2']) await writeFile(join(train, 'ANN', `${photo}.jpg`), `one other ${photo}`);
  const made = await run({ metric: 'angle' });
  let report: OverlapReport | undefined;
  for await (const event of await studio.evaluation.overlap({ workspace, evaluation: made.id, train }))
    if (event.kind === 'report') ({ report } = event);
  expect(report?.overlaps).toMatchObject([{ test: 'ann', train: 'ANN', byName: true, byFace: false }]);
  expect(report?.judged).toMatchObject({ all: made.states[0]?.figures, pairs: 8, leftOut: 5 });
  const without = join(folder, 'without.csv');
  await writeFile(
    without,
    'fold,file_a,file_b,same\n1,bob/1.jpg,bob/2.jpg,1\n2,cy/1.jpg,cy/2.jpg,1\n2,cy/2.jpg,bob/3.jpg,0\n',
  );
  const alone = await run({ metric: 'angle', pairs: without });
  expect(report?.judged?.disjoint).toEqual(alone.states[0]?.figures);
  expect((await studio.evaluation.list({ workspace })).at(-1)).toEqual(made);
});

test('the nearest faces of a face come by their distance, itself not among them', async () => {
  const made = await run();
  const ann = await faceOf('ann/1.jpg');
  const nearest = await studio.evaluation.nearest({
    workspace,
    evaluation: made.id,
    face: ann.id,
    limit: 100,
  });
  expect(nearest).toHaveLength(8);
  expect(nearest.map(({ distance }) => distance)).toEqual(
    nearest.map(({ distance }) => distance).sort((a, b) => a - b),
  );
  const other = await faceOf('ann/2.jpg');
  const { distances } = await pairsOf(made);
  expect(nearest.find(({ face }) => face === other.id)?.distance).toBe(distances[0]);
});

test('a threshold is kept with what it is a threshold of, and can be taken away', async () => {
  expect(await studio.evaluation.threshold({ workspace })).toBeNull();
  const threshold = {
    value: 1.25,
    metric: 'squared-euclidean',
    model: 'face-api-128',
    isFlipped: false,
  } as const;
  await studio.evaluation.keepThreshold({ workspace, threshold });
  expect(await studio.evaluation.threshold({ workspace })).toEqual(threshold);
  await studio.evaluation.keepThreshold({ workspace, threshold: null });
  expect(await studio.evaluation.threshold({ workspace })).toBeNull();
});

test('lists that cannot be judged are refused in one sentence, and nothing is kept', async () => {
  await writeFile(list, 'x/1.jpg,y/1.jpg,0\nx/1.jpg,x/2.jpg,1\n');
  await expect(run()).rejects.toThrow(/None of the 2 pairs of .* can be scored: its pictures are not those/);
  await expect(run({ pairs: join(folder, 'nowhere.txt') })).rejects.toThrow(/There is no list of pairs at/);
  await expect(run({ model: 'none' })).rejects.toThrow(/none/);
  expect(await studio.evaluation.list({ workspace })).toEqual([]);
  await expect(
    studio.evaluation.refresh({ workspace, evaluation: '../../0001' }).then(lastOf),
  ).rejects.toThrow('There is no evaluation ../../0001.');
});

test('an evaluation that is removed leaves nothing, and one that names a person goes with the person', async () => {
  const first = await run();
  const second = await run();
  await studio.evaluation.remove({ workspace, evaluation: first.id });
  expect(await readdir(join(workspace, 'evaluations'))).toEqual([second.id]);
  await writeFile(list, 'bob/1.jpg,bob/2.jpg,1\nbob/1.jpg,cy/1.jpg,0\n');
  const without = await run();
  await studio.workspace.close({ workspace });
  for await (const event of await studio.workspace.purge({ workspace, identity: 'ann', typed: 'ann' }))
    if (event.kind === 'report') expect(event.report.remains).toEqual([]);
  expect(await readdir(join(workspace, 'evaluations'))).toEqual([without.id]);
  expect(await readFile(join(workspace, 'evaluations', without.id, 'pairs.json'), 'utf8')).toContain(
    'bob/1.jpg',
  );
});
