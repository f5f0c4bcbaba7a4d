import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { digestOf, run, start, type Started } from './program.ts';

// Whole programs are started many times, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let folder: string;
let input: string;
let output: string;
let environment: Record<string, string>;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'align-'));
  input = join(folder, 'photos');
  output = join(folder, 'crops');
  environment = { FACENET_STUDIO_HOME: join(folder, 'home') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (file: string, content: string): Promise<void> => {
  await mkdir(dirname(join(input, file)), { recursive: true });
  await writeFile(join(input, file), content);
};

const putMany = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    const word = index % 10 === 3 ? 'none' : index % 10 === 5 ? 'two' : index % 50 === 7 ? 'broken' : 'one';
    await put(`person ${String(index % 7)}/${String(index)}.jpg`, `${word} ${String(index)}`);
  }
};

const align = (...more: readonly string[]) =>
  run(fakes.cli, ['align', input, output, '--json', '--quiet', ...more], environment);

type Line = {
  file: string;
  status: string;
  reason: { code: string; message: string };
  crops: { file: string }[];
};
const ledger = async (): Promise<Line[]> =>
  (await readFile(join(output, 'ledger.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line); // the ledger's own format

const statuses = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await ledger()).map(({ file, status, reason }) => [file, `${status} ${reason.code}`]));

const startSlowly = (delayMs: number, ...more: readonly string[]) =>
  start(fakes.cli, ['align', input, output, '--json', '--quiet', ...more], {
    ...environment,
    FAKE_ENGINE_DELAY_MS: String(delayMs),
  });

/** Kills everything when that many crops are there: whatever the machine's pace, the run has begun and has not ended. */
const killAtCrops = async (program: Started, count: number): Promise<void> => {
  let found = 0;
  while (found < count) {
    await delay(5);
    const names = await readdir(output, { recursive: true }).catch(() => []);
    found = names.filter((name) => name.endsWith('.png')).length;
  }
  program.killAll();
  await program.ended;
};

/** A folder aligned without interruption, as the others should end; it is taken away again. */
const uninterrupted = async (...more: readonly string[]): Promise<readonly string[]> => {
  expect((await align(...more)).code).toBe(3);
  const digest = await digestOf(output);
  await rm(output, { recursive: true });
  return digest;
};

describe('the ledger', () => {
  test('every input file has one status and one reason, and the totals add up', async () => {
    await putMany(60);
    await put('person 0/notes.txt', 'nothing to see');
    await put('person 0/.DS_Store', 'x');
    await put('person 1/misnamed.dat', '\u0089PNG');
    await symlink('nowhere', join(input, 'person 0', 'broken link.jpg'));
    const { code, out } = await align();
    expect(code).toBe(3);
    const report = JSON.parse(out) as Record<string, number>; // the command's own format
    const lines = await ledger();
    expect(lines.map(({ file }) => file)).toEqual([...new Set(lines.map(({ file }) => file))].sort());
    const found = (await readdir(input, { recursive: true, withFileTypes: true })).filter(
      (entry) => !entry.isDirectory(),
    );
    expect(lines).toHaveLength(found.length);
    for (const status of ['aligned', 'noFace', 'failed', 'skipped']) {
      expect(lines.filter((line) => line.status === status)).toHaveLength(report[status] ?? -1);
    }
    expect(
      (report['aligned'] ?? 0) + (report['noFace'] ?? 0) + (report['failed'] ?? 0) + (report['skipped'] ?? 0),
    ).toBe(report['images']);
    expect(await statuses()).toMatchObject({
      'person 0/notes.txt': 'skipped not-an-image',
      'person 0/.DS_Store': 'skipped not-an-image',
      'person 0/broken link.jpg': 'failed broken-link',
      'person 3/3.jpg': 'noFace no-face',
      'person 5/5.jpg': 'aligned largest-face-chosen',
      'person 0/7.jpg': 'failed damaged',
    });
  });

  test('the bounding boxes are in the format of facenet, with only the path for a photo without a face', async () => {
    await put('a/1.jpg', 'one');
    await put('a/2.jpg', 'none');
    await put('a/3.jpg', 'broken');
    await align();
    const name = (await readdir(output)).find((file) => /^bounding_boxes_\d{5}\.txt$/.test(file)) ?? '';
    expect(await readFile(join(output, name), 'utf8')).toBe(
      `${join(output, 'a/1.png')} 0 1 10 12\n${join(output, 'a/2.png')}\n`,
    );
  });

  test('with every face kept, each crop carries its number, also a single one', async () => {
    await put('a/1.jpg', 'one');
    await put('a/2.jpg', 'two');
    await align('--detect_multiple_faces', 'True');
    expect((await readdir(join(output, 'a'))).sort()).toEqual(['1_0.png', '2_0.png', '2_1.png']);
  });

  test('two photos of one name both keep a crop, and the ledger says which is which', async () => {
    await put('a/x.jpg', 'one 1');
    await put('a/x.png', 'one 2');
    await align();
    expect((await readdir(join(output, 'a'))).sort()).toEqual(['x.png', 'x~png.png']);
    expect((await ledger())[1]?.reason.message).toContain('a/x~png');
  });
});

describe('a run that is killed', () => {
  test('ends with the same bytes when it is given again, killed at any moment', async () => {
    await putMany(400);
    const expected = await uninterrupted();
    for (const momentMs of [100, 400, 550]) {
      const program = startSlowly(20);
      await delay(momentMs + Math.random() * 60);
      program.killAll();
      await program.ended;
    }
    for (const crops of [1, 50, 130, 131, 250]) {
      await killAtCrops(startSlowly(10), crops);
      // Whatever is visible is whole.
      for (const line of await digestOf(output))
        expect(line).not.toMatch(/ledger|bounding_boxes|facenet-studio\.json/);
    }
    expect((await align()).code).toBe(3);
    expect(await digestOf(output)).toEqual(expected);
  });

  test('in random order ends with the same bytes too', async () => {
    await putMany(300);
    const expected = await uninterrupted();
    await killAtCrops(startSlowly(10, '--random-order'), 100);
    expect((await align('--random-order')).code).toBe(3);
    expect(await digestOf(output)).toEqual(expected);
  });

  test('leaves records that a torn last line does not spoil', async () => {
    await putMany(200);
    const expected = await uninterrupted();
    await killAtCrops(startSlowly(10), 60);
    const segments = join(output, '.facenet-studio', 'segments');
    for (const name of await readdir(segments)) {
      const text = await readFile(join(segments, name), 'utf8');
      await writeFile(join(segments, name), text.slice(0, Math.max(0, text.length - 40)));
    }
    const again = await align();
    expect([again.code, again.error]).toEqual([3, '']);
    expect(await digestOf(output)).toEqual(expected);
  });

  test('knows its own crops although their records were lost, and takes half-written ones away', async () => {
    await putMany(200);
    const expected = await uninterrupted();
    for (let time = 0; time < 2; time += 1) {
      await killAtCrops(startSlowly(10), 30 + 60 * time);
      const segments = join(output, '.facenet-studio', 'segments');
      for (const name of await readdir(segments)) await writeFile(join(segments, name), '');
    }
    const crops = (await readdir(output, { recursive: true })).filter((name) => name.endsWith('.png'));
    expect(crops.length).toBeGreaterThan(10);
    const mark = createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
    await writeFile(join(output, 'person 0', `.0.png.${mark}-999999999-abc.part`), 'half');
    expect((await align()).code).toBe(3);
    expect(await digestOf(output)).toEqual(expected);
  });

  test('does again a crop that was lost or cut off meanwhile', async () => {
    await putMany(30);
    const expected = await uninterrupted();
    await align();
    await rm(join(output, 'person 0', '0.png'));
    await writeFile(join(output, 'person 1', '1.png'), 'cut off');
    expect((await align()).code).toBe(3);
    expect(await digestOf(output)).toEqual(expected);
  });
});

describe('several processes in one output folder', () => {
  test('share the work and end with the bytes of one', async () => {
    await putMany(500);
    const expected = await uninterrupted();
    environment['FAKE_ENGINE_LOG'] = join(folder, 'log');
    // Slowly enough that the second has begun before the first is done, on a busy machine too.
    const both = await Promise.all([startSlowly(40).ended, startSlowly(40).ended]);
    const worked = (await readFile(join(folder, 'log'), 'utf8')).trimEnd().split('\n');
    expect([worked.length, new Set(worked).size]).toEqual([500, 500]);
    expect(both.map(({ code, error }) => [code, error])).toEqual([
      [3, ''],
      [3, ''],
    ]);
    const [a, b] = both.map(({ out }) => JSON.parse(out) as { images: number; imagesPerSecond: number }); // the command's own format
    expect(a?.images).toBe(500);
    expect(b?.images).toBe(500);
    expect(await digestOf(output)).toEqual(expected);
  });

  test('take over from one that is killed', async () => {
    await putMany(500);
    const expected = await uninterrupted();
    const first = startSlowly(10);
    const second = startSlowly(10);
    await killAtCrops(first, 60);
    expect((await second.ended).code).toBe(3);
    expect(await digestOf(output)).toEqual(expected);
  });
});

describe('an engine that crashes', () => {
  test('loses the one photo that crashes it, and nothing else', async () => {
    await putMany(150);
    await put('person 2/poison.jpg', 'crash');
    const { code } = await align();
    expect(code).toBe(3);
    expect((await statuses())['person 2/poison.jpg']).toBe('failed decoder-crashed');
    const crashed = (await ledger()).filter(({ reason }) => reason.code === 'decoder-crashed');
    expect(crashed.map(({ file }) => file)).toEqual(['person 2/poison.jpg']);
  });

  test('again and again stays down in the end, with one sentence, and what was done is kept', async () => {
    await putMany(20);
    for (let index = 0; index < 4; index += 1) await put(`person 2/poison ${String(index)}.jpg`, 'crash');
    const { code, out, error } = await align();
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ error: error.trimEnd() });
    expect(error).toMatch(/^The engine crashed \d times .*\n$/);
    await rm(join(input, 'person 2', 'poison 3.jpg'));
    await rm(join(input, 'person 2', 'poison 2.jpg'));
    await rm(join(input, 'person 2', 'poison 1.jpg'));
    expect((await align()).code).toBe(3);
  });
});

describe('a full disk', () => {
  test('is one sentence that names the folder; nothing is torn, and the same command ends the work', async (context) => {
    await putMany(200);
    const expected = await uninterrupted();
    await mkdir(output);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', output], { stdio: 'ignore' });
    } catch {
      context.skip('needs the right to mount a small disk');
    }
    try {
      const { code, error } = await align();
      expect(code).toBe(1);
      expect(error).toBe(
        `The disk of ${output} is full: free some space and run the same again; everything done so far is kept.\n`,
      );
      const done = (await readdir(output, { recursive: true })).filter((name) => name.endsWith('.png'));
      expect(done.length).toBeGreaterThan(20);
      for (const name of done) expect((await readFile(join(output, name))).length).toBe(20_000);
      execFileSync('mount', ['-o', 'remount,size=64m', output]);
      expect((await align()).code).toBe(3);
      expect(await digestOf(output)).toEqual(expected);
    } finally {
      execFileSync('umount', [output]);
    }
  });
});

describe("what is not the program's own", () => {
  test('originals keep every byte and time', async () => {
    await putMany(60);
    const before = execFileSync('find', [input, '-printf', '%p %T@ %C@ %m %s\n']).toString();
    const digest = await digestOf(input);
    await align();
    await align();
    expect(execFileSync('find', [input, '-printf', '%p %T@ %C@ %m %s\n']).toString()).toBe(before);
    expect(await digestOf(input)).toEqual(digest);
  });

  test('a file that lies where a crop would is left as it is, now and later', async () => {
    await putMany(20);
    await mkdir(join(output, 'person 0'), { recursive: true });
    await writeFile(join(output, 'person 0', '0.png'), "somebody else's");
    for (let time = 0; time < 2; time += 1) {
      await align();
      expect(await readFile(join(output, 'person 0', '0.png'), 'utf8')).toBe("somebody else's");
      expect((await statuses())['person 0/0.jpg']).toBe('skipped already-there');
    }
  });

  test('a folder of the output that is a link to the originals is refused', async () => {
    await putMany(10);
    await mkdir(output);
    await symlink(join(input, 'person 0'), join(output, 'person 0'));
    const digest = await digestOf(input);
    const { code, error } = await align();
    expect(code).toBe(2);
    expect(error).toContain('leads out of the output folder');
    expect(await digestOf(input)).toEqual(digest);
  });

  test('names that are hostile are aligned or told, and none is lost', async () => {
    const names = [
      'new\nline.jpg',
      'tab\t.jpg',
      ' space .jpg',
      '..jpg',
      'back\\slash.jpg',
      '%2e%2e%2f.jpg',
      'ütf\u0308.jpg',
      '\u202egpj.exe.jpg',
      `${'x'.repeat(251)}.jpg`,
      '😀.jpg',
      'a\u2028b.jpg',
      '-rf.jpg',
      'con.jpg',
    ];
    for (const name of names) await put(`a/${name}`, `one ${name}`);
    await writeFile(
      Buffer.concat([Buffer.from(join(input, 'a') + '/'), Buffer.from([0xff, 0xfe]), Buffer.from('.jpg')]),
      'one',
    );
    execFileSync('mkfifo', [join(input, 'a', 'pipe.jpg')]);
    await symlink('..', join(input, 'a', 'loop'));
    const { code } = await align();
    expect(code).toBe(3);
    const told = await statuses();
    expect(Object.keys(told)).toHaveLength(names.length + 2);
    for (const name of names.filter((each) => !each.startsWith('.')))
      expect(told[`a/${name}`]).toBe('aligned one-face');
    expect(told['a/\\xff\\xfe.jpg']).toBe('failed bad-name');
    expect(told['a/pipe.jpg']).toBe('failed not-a-file');
    const crops = await readdir(join(output, 'a'));
    expect(crops).toHaveLength(names.length - 1);
  });
});

describe('a folder that is changed between two runs', () => {
  test('gets what is new, and loses no crop to a new name', async () => {
    await put('a/x.png', 'one 1');
    await align();
    const crop = await readFile(join(output, 'a', 'x.png'));
    await put('a/x.jpg', 'one 2');
    const { out } = await align();
    expect(JSON.parse(out)).toMatchObject({ images: 2, aligned: 2, unchanged: 1 });
    expect(await readFile(join(output, 'a', 'x.png'))).toEqual(crop);
  });

  test('keeps no crop of a face that a photo has no longer', async () => {
    await put('a/x.png', 'two 1');
    await align('--detect-multiple-faces');
    await put('a/x.png', 'one 1');
    await align('--detect-multiple-faces');
    expect(await readdir(join(output, 'a'))).toEqual(['x_0.png']);
  });
});
