/**
 * All faces of a workspace, column by column, in the order of their ids. 2,000,000 faces take 130 MB, and a loop over one column a few
 * milliseconds: lists, counts and histograms are made from these, never from SQL.
 */
export type FaceColumns = {
  /** How many places are used; columns are longer. */
  count: number;
  /** Ascending. */
  ids: Uint32Array;
  photos: Uint32Array;
  /** The source of the photo's main file; 0 for none. */
  sources: Uint32Array;
  /** The identity that the folder of the photo's main file names; 0 for none. */
  labels: Uint32Array;
  /** The identity that a person gave it; 0 for nobody, `UNDECIDED` for no decision. */
  decided: Uint32Array;
  /** The identity that follows from both, after merges; 0 for none. */
  identities: Uint32Array;
  /** Codes of `FACE_STATES`. */
  states: Uint8Array;
  /** Bits of `FLAG`. */
  flags: Uint16Array;
  scores: Float32Array;
  /** Shorter side of the box, in pixels of the photo. */
  sizes: Float32Array;
  /** NaN where the crop is not measured yet. */
  sharpness: Float32Array;
  exposures: Float32Array;
  yaws: Float32Array;
  pitches: Float32Array;
  rolls: Float32Array;
  /** When the file was last written, in seconds since 1970. */
  dates: Float64Array;
};

/** No person has said who the face is. */
export const UNDECIDED = 0xffffffff;

export const FLAG = {
  /** The last detection found it. */
  found: 1,
  /** Its photo has a file that is there and not left out. */
  inLibrary: 2,
  /** The detection takes it for the face that the photo is about. */
  proposed: 4,
  hasCrop: 8,
  presenceDecided: 16,
  presenceYes: 32,
  /** Its box or landmarks were changed by hand. */
  edited: 64,
  /** A person chose which face the photo is about. */
  choiceDecided: 128,
  /** And it is this one. */
  choiceYes: 256,
  /** What follows: whether lists show it, and whether its photo is about it. */
  shown: 512,
  chosen: 1024,
  /** Its crop is not the one that settings and decisions ask for. */
  stale: 2048,
  /** Its photo was aligned with other settings and waits to be aligned again. */
  waits: 4096,
  /** Its photo could not be read the last time. */
  unreadable: 8192,
} as const;

/** Columns that hold `capacity` faces and have none. */
export const createColumns = (capacity: number): FaceColumns => ({
  count: 0,
  ids: new Uint32Array(capacity),
  photos: new Uint32Array(capacity),
  sources: new Uint32Array(capacity),
  labels: new Uint32Array(capacity),
  decided: new Uint32Array(capacity),
  identities: new Uint32Array(capacity),
  states: new Uint8Array(capacity),
  flags: new Uint16Array(capacity),
  scores: new Float32Array(capacity),
  sizes: new Float32Array(capacity),
  sharpness: new Float32Array(capacity),
  exposures: new Float32Array(capacity),
  yaws: new Float32Array(capacity),
  pitches: new Float32Array(capacity),
  rolls: new Float32Array(capacity),
  dates: new Float64Array(capacity),
});

/** The columns' names, in the order in which files hold them. */
export const COLUMN_NAMES = [
  'ids',
  'photos',
  'sources',
  'labels',
  'decided',
  'identities',
  'states',
  'flags',
  'scores',
  'sizes',
  'sharpness',
  'exposures',
  'yaws',
  'pitches',
  'rolls',
  'dates',
] as const satisfies readonly Exclude<keyof FaceColumns, 'count'>[];

const GROWTH = 1.5;
const LEAST_CAPACITY = 1024;

const longer = <Column extends { set(other: Column): void }>(
  column: Column,
  make: (capacity: number) => Column,
  capacity: number,
): Column => {
  const result = make(capacity);
  result.set(column);
  return result;
};

const float32 = (capacity: number): Float32Array => new Float32Array(capacity);
const uint32 = (capacity: number): Uint32Array => new Uint32Array(capacity);

const grow = (columns: FaceColumns): void => {
  const capacity = Math.max(LEAST_CAPACITY, Math.ceil(columns.ids.length * GROWTH));
  for (const name of ['ids', 'photos', 'sources', 'labels', 'decided', 'identities'] as const)
    columns[name] = longer(columns[name], uint32, capacity);
  for (const name of ['scores', 'sizes', 'sharpness', 'exposures', 'yaws', 'pitches', 'rolls'] as const)
    columns[name] = longer(columns[name], float32, capacity);
  columns.states = longer(columns.states, (size) => new Uint8Array(size), capacity);
  columns.flags = longer(columns.flags, (size) => new Uint16Array(size), capacity);
  columns.dates = longer(columns.dates, (size) => new Float64Array(size), capacity);
};

/** The place of a face; -1 when it has none. */
export const placeOf = ({ ids, count }: FaceColumns, id: number): number => {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((ids[middle] ?? 0) < id) from = middle + 1;
    else to = middle;
  }
  return from < count && ids[from] === id ? from : -1;
};

/** The place of a face, made at the end for a new one. @throws for an id lower than one that is there: ids only grow */
export const placeFor = (columns: FaceColumns, id: number): number => {
  const place = placeOf(columns, id);
  if (place >= 0) return place;
  if (columns.count > 0 && (columns.ids[columns.count - 1] ?? 0) > id)
    throw new Error(`Face ${String(id)} comes after a later one.`);
  if (columns.count === columns.ids.length) grow(columns);
  columns.ids[columns.count] = id;
  columns.decided[columns.count] = UNDECIDED;
  columns.count += 1;
  return columns.count - 1;
};

const isSet = (flags: number, flag: number): boolean => (flags & flag) !== 0;

/**
 * Works out what follows for one face: lists show it when a detection or a person put it and its photo is in the library; it bears the
 * identity that a person gave it, or, if its photo is about it, the one that its folder names.
 * @param canonical the identity that an id stands for, by id
 */
export const deriveFace = (columns: FaceColumns, place: number, canonical: Uint32Array): void => {
  const flags = columns.flags[place] ?? 0;
  const decided = columns.decided[place] ?? UNDECIDED;
  const isPresent = isSet(flags, FLAG.presenceDecided)
    ? isSet(flags, FLAG.presenceYes)
    : isSet(flags, FLAG.found | FLAG.edited) || decided !== UNDECIDED || columns.states[place] !== 0;
  const isShown = isPresent && isSet(flags, FLAG.inLibrary);
  const isChosen =
    isPresent && isSet(flags, isSet(flags, FLAG.choiceDecided) ? FLAG.choiceYes : FLAG.proposed);
  const raw = decided !== UNDECIDED ? decided : isChosen ? (columns.labels[place] ?? 0) : 0;
  columns.identities[place] = canonical[raw] ?? raw;
  columns.flags[place] =
    (flags & ~(FLAG.shown | FLAG.chosen)) | (isShown ? FLAG.shown : 0) | (isChosen ? FLAG.chosen : 0);
};

/** Works it out for all faces. */
export const deriveAll = (columns: FaceColumns, canonical: Uint32Array): void => {
  for (let place = 0; place < columns.count; place += 1) deriveFace(columns, place, canonical);
};
