export type State = 'queued' | 'running' | 'paused' | 'succeeded' | 'failed' | 'interrupted' | 'cancelled';

/**
 * What may happen to a job. `pause` takes it out of the queue until somebody resumes it; `resume` queues it again; `interrupt` is the end of the
 * process that ran it.
 */
export type Move = 'start' | 'succeed' | 'fail' | 'interrupt' | 'cancel' | 'pause' | 'resume';

const MOVES: Readonly<Record<State, Readonly<Partial<Record<Move, State>>>>> = {
  queued: {
    start: 'running',
    cancel: 'cancelled',
    interrupt: 'interrupted',
    fail: 'failed',
    pause: 'paused',
  },
  running: {
    succeed: 'succeeded',
    fail: 'failed',
    interrupt: 'interrupted',
    cancel: 'cancelled',
    pause: 'paused',
  },
  paused: { resume: 'queued', cancel: 'cancelled' },
  succeeded: {},
  failed: { resume: 'queued' },
  interrupted: { resume: 'queued' },
  cancelled: { resume: 'queued' },
};

/** The state after a move; null when that move is not legal in that state. */
export const transition = (state: State, move: Move): State | null => MOVES[state][move] ?? null;

const ENDED: ReadonlySet<State> = new Set(['succeeded', 'failed', 'interrupted', 'cancelled']);

/** Whether the job is over; a paused one is not. */
export const isEnded = (state: State): boolean => ENDED.has(state);
