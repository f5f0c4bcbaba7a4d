/** Seconds of work per stage, as an engine counts them. */
export type Stages = Readonly<Record<StageName, number>>;
export type StageName = 'read' | 'decode' | 'resample' | 'pnet' | 'rnet' | 'onet' | 'boxes' | 'encode';

/** A stage must take at least this share of all work to be called the limit. */
const LEAST_SHARE = 0.25;

const WORDS: Readonly<Record<StageName, string>> = {
  read: 'reading files',
  decode: 'decoding',
  resample: 'resampling',
  pnet: 'P-net',
  rnet: 'R-net',
  onet: 'O-net',
  boxes: 'choosing boxes',
  encode: 'writing crops',
};

const NAMES = Object.keys(WORDS) as readonly StageName[]; // the keys of a literal that is typed by StageName

/** Work done between two readings, never negative (an engine that was restarted counts from 0 again). */
export const stagesBetween = (before: Stages, after: Stages): Stages => {
  const isRestarted = NAMES.some((name) => after[name] < before[name]);
  const difference = (name: StageName): number => (isRestarted ? after[name] : after[name] - before[name]);
  return {
    read: difference('read'),
    decode: difference('decode'),
    resample: difference('resample'),
    pnet: difference('pnet'),
    rnet: difference('rnet'),
    onet: difference('onet'),
    boxes: difference('boxes'),
    encode: difference('encode'),
  };
};

/** Sum of two amounts of work. */
export const addStages = (a: Stages, b: Stages): Stages => ({
  read: a.read + b.read,
  decode: a.decode + b.decode,
  resample: a.resample + b.resample,
  pnet: a.pnet + b.pnet,
  rnet: a.rnet + b.rnet,
  onet: a.onet + b.onet,
  boxes: a.boxes + b.boxes,
  encode: a.encode + b.encode,
});

export const NO_WORK: Stages = {
  read: 0,
  decode: 0,
  resample: 0,
  pnet: 0,
  rnet: 0,
  onet: 0,
  boxes: 0,
  encode: 0,
};

/** The stage that takes most of the work, in words; null when no stage stands out. */
export const limitingStage = (work: Stages): string | null => {
  const all = NAMES.reduce((sum, name) => sum + work[name], 0);
  const most = NAMES.reduce((best, name) => (work[name] > work[best] ? name : best));
  return all > 0 && work[most] >= all * LEAST_SHARE ? WORDS[most] : null;
};
