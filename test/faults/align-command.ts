import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFolder, type Command } from './harness/command.ts';

const OUTPUT = 'disk/crops';

/** Aligning small photos, as a command that faults can strike. `program` is the command line. */
export const alignCommand = (program: string, photos: string): Command => ({
  argv: [program, 'align', photos, OUTPUT, '--image-size', '48', '--margin', '16', '--json', '--quiet'],
  writes: 'disk',
  // One photo is damaged.
  exitCodes: { whole: 3, stopped: 1 },
  environment: (folder) => ({ FACENET_STUDIO_HOME: join(folder, 'home') }),
  async defects(folder, { whole, said }) {
    const found = existsSync(join(folder, OUTPUT)) ? await digestOfFolder(join(folder, 'disk')) : [];
    const expected = new Set(whole);
    const torn = found.filter((line) => !expected.has(line)).map((line) => `${line} is not whole`);
    const isDone = said.includes('"images"') || found.some((line) => line.includes('/facenet-studio.json '));
    const missing = isDone ? whole.filter((line) => !found.includes(line)) : [];
    return [...torn, ...missing.map((line) => `it was said to be done, but ${line} is missing`)];
  },
});
