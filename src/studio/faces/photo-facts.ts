import { FLAG, type FaceColumns } from './columns.ts';

/** What faces have from their photo as a whole, by the number of the photo. */

const mostPhoto = ({ count, photos }: FaceColumns): number => {
  let most = 0;
  for (let place = 0; place < count; place += 1) {
    const photo = photos[place] ?? 0;
    if (photo > most) most = photo;
  }
  return most;
};

/** How many faces each photo shows, by photo; more than 255 count as 255. */
export const facesPerPhoto = (columns: FaceColumns): Uint8Array => {
  const { count, photos, flags } = columns;
  const perPhoto = new Uint8Array(mostPhoto(columns) + 1);
  for (let place = 0; place < count; place += 1) {
    const photo = photos[place] ?? 0;
    if (((flags[place] ?? 0) & FLAG.shown) !== 0) perPhoto[photo] = Math.min(255, (perPhoto[photo] ?? 0) + 1);
  }
  return perPhoto;
};

/** For each photo 1 where it shows faces of more than one identity. */
export const photosOfSeveralIdentities = (columns: FaceColumns): Uint8Array => {
  const { count, photos, flags, identities } = columns;
  const several = new Uint8Array(mostPhoto(columns) + 1);
  const first = new Uint32Array(several.length);
  for (let place = 0; place < count; place += 1) {
    const identity = identities[place] ?? 0;
    if (identity === 0 || ((flags[place] ?? 0) & FLAG.shown) === 0) continue;
    const photo = photos[place] ?? 0;
    const known = first[photo] ?? 0;
    if (known === 0) first[photo] = identity;
    else if (known !== identity) several[photo] = 1;
  }
  return several;
};

/** Statuses that the main file of a photo with faces can have; a column holds their places. */
export const FACE_FILE_STATUSES = ['aligned', 'severalFaces', 'pending', 'unreadable', 'offline'] as const;

const [ALIGNED, SEVERAL_FACES, PENDING, UNREADABLE, OFFLINE] = [0, 1, 2, 3, 4] as const;

/** The status of each face's file, as the ledger has it: a code of `FACE_FILE_STATUSES` for each place. */
export const fileStatusCodes = (
  columns: FaceColumns,
  perPhoto: Uint8Array,
  offline: ReadonlySet<number>,
): Uint8Array => {
  const { count, photos, flags, sources } = columns;
  const codes = new Uint8Array(count);
  for (let place = 0; place < count; place += 1) {
    const flag = flags[place] ?? 0;
    if (offline.size > 0 && offline.has(sources[place] ?? 0)) codes[place] = OFFLINE;
    else if ((flag & FLAG.waits) !== 0) codes[place] = PENDING;
    else if ((flag & FLAG.unreadable) !== 0) codes[place] = UNREADABLE;
    else codes[place] = (perPhoto[photos[place] ?? 0] ?? 0) > 1 ? SEVERAL_FACES : ALIGNED;
  }
  return codes;
};

/** How many photos that can be looked at show one face, and how many several. */
export const countPhotos = (
  columns: FaceColumns,
  codes: Uint8Array,
): { readonly aligned: number; readonly severalFaces: number } => {
  const { count, photos, flags } = columns;
  const isCounted = new Uint8Array(mostPhoto(columns) + 1);
  let aligned = 0;
  let severalFaces = 0;
  for (let place = 0; place < count; place += 1) {
    const photo = photos[place] ?? 0;
    if (((flags[place] ?? 0) & FLAG.shown) === 0 || isCounted[photo] === 1) continue;
    isCounted[photo] = 1;
    if (codes[place] === ALIGNED) aligned += 1;
    else if (codes[place] === SEVERAL_FACES) severalFaces += 1;
  }
  return { aligned, severalFaces };
};

/** How many crops are not those that settings and decisions ask for, as `staleCrops` names them. */
export const countStale = ({ count, flags }: FaceColumns): number => {
  const wanted = FLAG.stale | FLAG.inLibrary;
  let stale = 0;
  for (let place = 0; place < count; place += 1) {
    const flag = flags[place] ?? 0;
    if ((flag & wanted) !== wanted) continue;
    const isPresent = (flag & FLAG.presenceDecided) !== 0 ? flag & FLAG.presenceYes : flag & FLAG.found;
    if (isPresent !== 0) stale += 1;
  }
  return stale;
};
