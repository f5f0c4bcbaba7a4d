/**
 * The trainer: plain Node, started by the studio service for one training. A process of its own, so that TensorFlow takes every core for it
 * and a training that runs out of memory takes nothing else with it. Owns nothing durable but checkpoints that nobody has named yet.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { EngineChoice } from '../contract/engine.ts';
import { createImagePool } from '../node/images/pool.ts';
import { serveParent } from '../node/processes/serve.ts';
import { createTrainerRouter } from './training/router.ts';

const { values } = parseArgs({ options: { engine: { type: 'string', default: 'auto' } } });
const choice = EngineChoice.parse(values.engine);

// TensorFlow reads these when it is loaded. Every core: images are decoded in what a step leaves idle.
process.env['TF_NUM_INTRAOP_THREADS'] ??= String(availableParallelism());
process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
if (choice === 'cpu') process.env['CUDA_VISIBLE_DEVICES'] = '-1';

const pool = createImagePool({ workers: Math.min(availableParallelism(), 8) });

serveParent({ router: createTrainerRouter({ choice, pool }), end: () => pool.close() }, (error) => {
  console.error(error);
});
