import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { PROJECT } from './studio.ts';

const SAMPLES = join(PROJECT, 'node_modules', '@vladmandic', 'face-api', 'demo');

const sample = (number: number): string => join(SAMPLES, `sample${String(number)}.jpg`);

/** A folder of people: `ann` and `bob` with faces, `odd` with a plain picture, half a photo, an empty file and a text. */
export const makePeople = async (folder: string): Promise<string> => {
  const people = join(folder, 'people');
  for (const name of ['ann', 'bob', 'odd']) mkdirSync(join(people, name), { recursive: true });
  copyFileSync(sample(1), join(people, 'ann', '1.jpg'));
  copyFileSync(sample(2), join(people, 'ann', '2.jpg'));
  copyFileSync(sample(3), join(people, 'bob', `${'a photo with a very long name '.repeat(6)}.jpg`));
  const plain = sharp({ create: { width: 320, height: 240, channels: 3, background: '#567' } });
  await plain.png().toFile(join(people, 'odd', 'plain.png'));
  const whole = readFileSync(sample(4));
  writeFileSync(join(people, 'odd', 'half.jpg'), whole.subarray(0, whole.length / 2));
  writeFileSync(join(people, 'odd', 'empty.jpg'), '');
  writeFileSync(join(people, 'odd', 'notes.txt'), 'not a photo');
  return people;
};

/** A folder with so many photos that they fill several screens, or keep an engine at work for a while. */
export const makeMany = (folder: string, count: number): string => {
  const many = join(folder, 'many');
  mkdirSync(many, { recursive: true });
  for (let index = 0; index < count; index += 1)
    copyFileSync(sample(1 + (index % 6)), join(many, `${String(index).padStart(4, '0')}.jpg`));
  return many;
};
