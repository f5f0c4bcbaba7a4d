/** The rate is measured over the last seconds, so that it follows a change of pace and still does not flicker. */
const WINDOW_MS = 10_000;
/** Below this span no rate is told: it would be noise. */
const SHORTEST_SPAN_MS = 1_000;
/** Samples are kept this far apart, so that a fast job keeps few of them. */
const SAMPLE_SPACING_MS = 250;

type Sample = { readonly atMs: number; readonly done: number };

/** Progress of a job with the samples that its rate is computed from. */
export type ProgressState = {
  readonly total: number | null;
  readonly done: number;
  readonly samples: readonly Sample[];
};

export type ProgressView = {
  readonly done: number;
  readonly total: number | null;
  readonly ratePerSecond: number | null;
  readonly secondsLeft: number | null;
};

/** A job that starts at `atMs`, with `done` of it done before. */
export const startProgress = (total: number | null, atMs: number, done = 0): ProgressState => ({
  total,
  done,
  samples: [{ atMs, done }],
});

/** The state after `done` items at `atMs`. `done` never goes back and never passes the total; a clock that goes back is ignored. */
export const advance = (state: ProgressState, done: number, atMs: number): ProgressState => {
  const forward = Math.max(state.done, Math.min(done, state.total ?? done));
  const last = state.samples.at(-1);
  if (last !== undefined && atMs < last.atMs + SAMPLE_SPACING_MS) return { ...state, done: forward };
  const samples = [...state.samples, { atMs, done: forward }];
  // One sample older than the window stays: the window begins at it.
  const firstInside = samples.findIndex((sample) => sample.atMs > atMs - WINDOW_MS);
  return { ...state, done: forward, samples: samples.slice(Math.max(0, firstInside - 1)) };
};

/** What a person is shown at `nowMs`; rate and time left are null until they can be told. */
export const viewProgress = (state: ProgressState, nowMs: number): ProgressView => {
  const { done, total } = state;
  const oldest = state.samples[0];
  const spanMs = oldest === undefined ? 0 : nowMs - oldest.atMs;
  const ratePerSecond =
    oldest === undefined || spanMs < SHORTEST_SPAN_MS ? null : ((done - oldest.done) * 1000) / spanMs;
  const secondsLeft =
    total === null
      ? null
      : done >= total
        ? 0
        : ratePerSecond === null || ratePerSecond === 0
          ? null
          : (total - done) / ratePerSecond;
  return { done, total, ratePerSecond, secondsLeft };
};
