export type State = 'queued' | 'running' | 'succeeded' | 'failed' | 'interrupted' | 'cancelled';

/** What may happen to a job. `resume` queues an ended job again; `interrupt` is the end of the process that ran it. */
export type Move = 'start' | 'succeed' | 'fail' | 'interrupt' | 'cancel' | 'resume';

const MOVES: Readonly<Record<State, Readonly<Partial<Record<Move, State>>>>> = {
  queued: { start: 'running', cancel: 'cancelled', interrupt: 'interrupted', fail: 'failed' },
  running: { succeed: 'succeeded', fail: 'failed', interrupt: 'interrupted', cancel: 'cancelled' },
  succeeded: {},
  failed: { resume: 'queued' },
  interrupted: { resume: 'queued' },
  cancelled: { resume: 'queued' },
};

/** The state after a move; null when that move is not legal in that state. */
export const transition = (state: State, move: Move): State | null => MOVES[state][move] ?? null;

/** Whether nothing more happens to the job unless somebody resumes it. */
export const isEnded = (state: State): boolean => state !== 'queued' && state !== 'running';
