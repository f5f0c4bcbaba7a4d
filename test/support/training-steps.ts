/** Our side of `bench train`: BATCH STEPS; prints the seconds of each step after two that warm up, as JSON. */
import { bindingPackageFolder, loadBinding } from '../../src/engine/backend/binding.ts';
import { openTraining } from '../../src/engine/training/session.ts';

const [batchSize = 32, steps = 5] = process.argv.slice(2).map(Number);
const CLASSES = 1000;
const SIDE_PX = 160;

const session = openTraining(loadBinding(bindingPackageFolder()), {
  network: 'inception-resnet-v1',
  embeddingSize: 512,
  loss: {
    kind: 'softmax',
    classes: CLASSES,
    centreLossFactor: 1e-2,
    centreLossAlfa: 0.95,
    prelogitsNormFactor: 5e-4,
    prelogitsNormP: 1,
  },
  optimiser: 'ADAM',
  batchSize,
  readSizePx: SIDE_PX,
  imageSizePx: SIDE_PX,
  augmentation: { randomCrop: false, randomFlip: false, randomRotate: false },
  standardisation: 'fixed',
  keepProbability: 1,
  weightDecay: 5e-4,
  movingAverageDecay: 0,
  seed: 666,
});
const images = Uint8Array.from(
  { length: batchSize * SIDE_PX * SIDE_PX * 3 },
  (_, i) => (i * 2654435761) >>> 24,
);
const labels = Int32Array.from({ length: batchSize }, (_, i) => i % CLASSES);
const seconds: number[] = [];
for (let step = 1; step <= steps + 2; step += 1) {
  const start = performance.now();
  session.step({ images, labels }, { step, learningRate: 0.001 });
  seconds.push((performance.now() - start) / 1000);
}
session.dispose();
console.log(JSON.stringify({ seconds: seconds.slice(2) }));
