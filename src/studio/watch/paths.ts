/**
 * A path relative to the watched folder, with `/`, as Latin-1 text: one character for each byte. So any bytes are a key, comparing
 * keys compares bytes, and a key takes a byte for each of its characters. The watched folder itself is ''.
 */
export type PathKey = string;

/** Everything from `from` on and before `to`; without an end when it is null. */
export type KeyRange = { readonly from: PathKey; readonly to: PathKey | null };

/** What sorts right after `/`: the end of everything below a folder. */
const AFTER_SLASH = String.fromCharCode('/'.charCodeAt(0) + 1);

/** The key of a path's bytes. */
export const keyOf = (path: Uint8Array): PathKey =>
  Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString('latin1');

/** The bytes of a path. */
export const bytesOf = (key: PathKey): Buffer => Buffer.from(key, 'latin1');

/** The key of an entry of a folder. */
export const keyWithin = (folder: PathKey, name: string): PathKey =>
  folder === '' ? name : `${folder}/${name}`;

/** The folder that an entry lies in, and its name. The watched folder lies in itself. */
export const splitKey = (key: PathKey): { readonly folder: PathKey; readonly name: string } => {
  const slash = key.lastIndexOf('/');
  return { folder: slash < 0 ? '' : key.slice(0, slash), name: key.slice(slash + 1) };
};

/** All paths below a folder, without the folder's own. */
export const rangeBelow = (folder: PathKey): KeyRange =>
  folder === '' ? { from: '', to: null } : { from: `${folder}/`, to: folder + AFTER_SLASH };

/** The one path of an entry. */
export const rangeOf = (key: PathKey): KeyRange => ({ from: key, to: `${key}\0` });

/** Absolute path of a key below a root. */
export const absoluteBelow = (root: string): ((key: PathKey) => Buffer) => {
  const bytes = Buffer.from(root).toString('latin1');
  const prefix = bytes.endsWith('/') ? bytes : `${bytes}/`;
  return (key) => bytesOf(key === '' ? bytes : prefix + key);
};

/** The paths without those that lie in another one of them, sorted. */
export const outermost = (keys: Iterable<PathKey>): readonly PathKey[] => {
  const all = new Set(keys);
  const isInner = (key: PathKey): boolean => {
    for (let slash = key.lastIndexOf('/'); slash >= 0; slash = key.lastIndexOf('/', slash - 1)) {
      if (all.has(key.slice(0, slash))) return true;
      if (slash === 0) break;
    }
    return key !== '' && all.has('');
  };
  return [...all].filter((key) => !isInner(key)).sort();
};
