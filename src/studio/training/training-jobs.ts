import { basename } from 'node:path';
import type { TrainingJob } from '../../contract/jobs.ts';
import type { RunEvent, RunSummary } from '../../contract/runs.ts';
import { stepsOf } from '../../core/training/learning-rate.ts';
import { failed } from '../failure.ts';
import type { JobHooks, JobSpec } from '../jobs/job-spec.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Runs } from './runs.ts';

/** What the job of a run shows, and its title. */
type Shown = {
  title: string;
  stage: TrainingJob['stage'];
  workspace: string | null;
  numbers: TrainingJob['numbers'];
  report: RunSummary | null;
};

/** The jobs that train runs: one for each run, which outlives windows and may be paused and taken up again. */
export type Trainings = {
  /** The job of a run; not queued. `shown` is what it shows before it is at work. */
  job(folder: string, shown?: Partial<Shown>): JobSpec;
  /** Queues the job of a run. Gives its id. */
  start(folder: string, shown: Partial<Shown>): string;
};

/** Of the job that trains the run in a folder. */
export const trainingJobId = (folder: string): string => `train-${basename(folder)}`;

const epochLine = (event: Extract<RunEvent, { kind: 'epoch' }>): string | null => {
  const { epoch, validation } = event.numbers;
  return validation === null
    ? null
    : `Epoch ${String(epoch)}: accuracy ${validation.accuracy.toFixed(4)} on held-out images.`;
};

/** Takes what a run tells into what its job shows. */
const take = (event: RunEvent, shown: Shown, hooks: JobHooks): void => {
  switch (event.kind) {
    case 'preparing':
      hooks.onProgress(event.done, event.total);
      return;
    case 'run': {
      const { data, plan, step } = event.record;
      const { trainImages, identities, validationImages } = data;
      shown.stage = 'training';
      shown.workspace = data.workspace;
      hooks.onStage(step, stepsOf(plan));
      hooks.onLog(
        `${String(trainImages)} images of ${String(identities)} identities, ${String(validationImages)} held out.`,
      );
      return;
    }
    case 'step':
      shown.numbers = event.numbers;
      hooks.onProgress(event.numbers.step, event.numbers.step);
      return;
    case 'epoch': {
      const line = epochLine(event);
      if (line !== null) hooks.onLog(line);
      return;
    }
    case 'notice':
      hooks.onLog(event.message);
      return;
    case 'summary':
      shown.report = event.summary;
  }
};

/** Trains a run until its end, or until the job is to stop: then after its present step, with a checkpoint. */
const train = async (runs: Runs, folder: string, shown: Shown, hooks: JobHooks): Promise<void> => {
  const { signal } = hooks;
  const stop = (): void => {
    // One that has just ended is not at work any more.
    runs.stop(folder).catch(() => undefined);
  };
  signal.addEventListener('abort', stop);
  try {
    for await (const event of runs.goOn(folder)) {
      if (signal.aborted) stop();
      take(event, shown, hooks);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const { report } = shown;
  if (report?.state === 'failed') throw failed(report.note ?? 'The run failed.');
  if (report?.state === 'stopped') throw failed('The run was stopped; resume goes on.');
};

/** No run has a job yet. `jobs` are asked for at work only. */
export const createTrainings = (runs: Runs, jobs: () => Jobs): Trainings => {
  const job: Trainings['job'] = (folder, given = {}) => {
    const shown: Shown = {
      title: `Train ${basename(folder)}`,
      stage: 'preparing',
      workspace: null,
      numbers: null,
      report: null,
      ...given,
    };
    const { title } = shown;
    return {
      id: trainingJobId(folder),
      title,
      lane: 'training',
      output: folder,
      isKept: true,
      detail() {
        const { stage, workspace, numbers, report } = shown;
        return { kind: 'train', run: folder, stage, workspace, numbers, report };
      },
      async work(hooks) {
        shown.report = null;
        await train(runs, folder, shown, hooks);
      },
    };
  };
  return {
    job,
    start(folder, shown) {
      const spec = job(folder, shown);
      const known = jobs()
        .list()
        .find(({ id }) => id === spec.id);
      if (known?.state === 'paused') jobs().resume(spec.id);
      else jobs().add(spec);
      return spec.id;
    },
  };
};
