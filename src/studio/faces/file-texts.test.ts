import { expect, test } from 'vitest';
import { openDatabase } from '../catalogue/database.ts';
import { migrate } from '../catalogue/migrate.ts';
import { readFileTextsInSteps } from './file-texts.ts';
import { createGradually } from './kept.ts';

test('paths are found by any part, in any case and whatever bytes they have', () => {
  const catalogue = openDatabase(':memory:', { isReadOnly: false });
  migrate(catalogue, () => undefined);
  catalogue.run(
    "INSERT INTO sources (folder, layout, is_polled, is_offline, added_at_ms) VALUES (?, 'flat', 0, 0, 0)",
    Buffer.from('/photos'),
  );
  const put = (photo: number, path: Uint8Array): void => {
    catalogue.run(
      'INSERT INTO files (id, source_id, path, size_bytes, modified_ns, inode, device, is_missing) VALUES (?, 1, ?, 1, 1, 1, 1, 0)',
      photo,
      path,
    );
    const hash = Buffer.alloc(32, photo % 256);
    hash.writeUInt32BE(photo);
    catalogue.run(
      "INSERT INTO photos (id, sha256, work_key, conversions, main_file_id, revision) VALUES (?, ?, ?, '[]', ?, 1)",
      photo,
      hash,
      hash,
      photo,
    );
  };
  const search = (text: string): readonly number[] =>
    [
      ...createGradually(() => readFileTextsInSteps(catalogue))
        .get()
        .find(text)
        .entries(),
    ].flatMap(([photo, found]) => (found === 1 ? [photo] : []));
  expect(search('a')).toEqual([]);
  put(1, Buffer.from('Ann/First.JPG'));
  put(2, Buffer.from('ann/second.jpg'));
  put(5, Buffer.from('ÄRGER/Ünal.jpg'));
  put(9000, Buffer.from('ann/third.jpg'));
  expect(search('ann/')).toEqual([1, 2, 9000]);
  expect(search('first.jpg')).toEqual([1]);
  // A text never reaches from one path into the next.
  expect(search('jpgann')).toEqual([]);
  expect(search('ärger/ü')).toEqual([5]);
  expect(search('')).toEqual([1, 2, 5, 9000]);
  put(6, Buffer.concat([Buffer.from('bob/'), Buffer.from([0xff]), Buffer.from('Odd.jpg')]));
  // Read apart from the one before.
  put(12_000, Buffer.from('bob/with\u0001byte.jpg'));
  put(12_001, Buffer.from('zed.jpg'));
  expect(search('\\xffodd')).toEqual([6]);
  expect(search('with')).toEqual([12_000]);
  expect(search('zed')).toEqual([12_001]);
  expect(search('ann/')).toEqual([1, 2, 9000]);
  catalogue.close();
});
