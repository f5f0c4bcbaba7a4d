import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import { foldOutput, noBias, onRawPixels, type Affine } from '../network/fold.ts';
import type { Operations } from '../network/operations.ts';

/**
 * dlib's face recognition network (dlib, `dnn_face_recognition_ex.cpp`, anet_type): a ResNet of 29 convolutions, 150 × 150 pixels to 128
 * numbers, with weights as `@vladmandic/face-api` ships them: each convolution with its bias, then a scale and a shift for each channel.
 */

/** Blocks after the first convolution, in order; a `down` block halves the picture, and its channels grow by themselves. */
const BLOCKS: readonly { readonly name: string; readonly isDown: boolean }[] = [
  ...['conv32_1', 'conv32_2', 'conv32_3'].map((name) => ({ name, isDown: false })),
  { name: 'conv64_down', isDown: true },
  ...['conv64_1', 'conv64_2', 'conv64_3'].map((name) => ({ name, isDown: false })),
  { name: 'conv128_down', isDown: true },
  ...['conv128_1', 'conv128_2'].map((name) => ({ name, isDown: false })),
  { name: 'conv256_down', isDown: true },
  ...['conv256_1', 'conv256_2'].map((name) => ({ name, isDown: false })),
  { name: 'conv256_down_out', isDown: true },
];

const FIRST = 'conv32_down';

const FIRST_STRIDE = 2;
const FIRST_POOL = { size: 3, stride: 2, padding: 'VALID' } as const;
const SHORTCUT_POOL = { size: 2, stride: 2, padding: 'VALID' } as const;

type Layers = (name: string) => Affine;

/** Scale and shift folded into the convolution before them, and the mean colour into the first. @throws for weights that lack a tensor */
const prepare = (
  raw: ReadonlyMap<string, NamedTensor>,
  standardisation: { readonly mean: readonly number[]; readonly scale: number },
): { layer: Layers; head: Affine } => {
  const stored = (name: string): NamedTensor => {
    const tensor = raw.get(name);
    if (tensor === undefined) throw new Error(`The weights of the recognition network lack ${name}.`);
    return tensor;
  };
  const fold = (name: string): Affine => {
    const scale = stored(`${name}/scale/weights`).values;
    const shift = stored(`${name}/scale/biases`).values;
    return foldOutput(
      { kernel: stored(`${name}/conv/filters`), bias: stored(`${name}/conv/bias`) },
      (channel) => scale[channel] ?? 0,
      (channel) => shift[channel] ?? 0,
    );
  };
  const folded = new Map<string, Affine>([
    [FIRST, onRawPixels(fold(FIRST), standardisation)],
    ...BLOCKS.flatMap(({ name }) =>
      [`${name}/conv1`, `${name}/conv2`].map((part): [string, Affine] => [part, fold(part)]),
    ),
  ]);
  const kernel = stored('fc');
  return {
    layer: (name) => {
      const affine = folded.get(name);
      if (affine === undefined) throw new RangeError(`The recognition network has no layer ${name}.`);
      return affine;
    },
    head: { kernel, bias: noBias(kernel) },
  };
};

/** Sides after a block and channels, which the shortcut of a `down` block has to meet. */
type Size = { readonly sidePx: number; readonly channels: number };

/**
 * Makes the network ready: what it gives writes [batch, 150, 150, 3] float32 pixels 0..255 to [batch, 128], not of unit length.
 * @throws for weights that lack a tensor
 */
export const faceRecognitionResnet = (
  raw: ReadonlyMap<string, NamedTensor>,
  standardisation: { readonly mean: readonly number[]; readonly scale: number },
): (<Tensor>(ops: Operations<Tensor>, pixels: Tensor) => Tensor) => {
  const { layer, head } = prepare(raw, standardisation);
  return (ops, pixels) => {
    const convolve = (
      x: typeof pixels,
      name: string,
      options: { readonly stride?: number; readonly padding: 'SAME' | 'VALID' },
    ): typeof pixels => {
      const { kernel, bias } = layer(name);
      return ops.convolution(x, kernel, bias, options);
    };
    /** Where the halved shortcut is larger than the picture, zeros are added to the picture, and to the shortcut's channels. */
    const down = (x: typeof pixels, name: string, size: Size): { x: typeof pixels; size: Size } => {
      const sidePx = Math.floor((size.sidePx - 3) / 2) + 1;
      const shortcutPx = Math.floor(size.sidePx / 2);
      const channels = layer(`${name}/conv2`).bias.values.length;
      const inner = ops.relu(convolve(x, `${name}/conv1`, { stride: 2, padding: 'VALID' }));
      const picture = convolve(inner, `${name}/conv2`, { padding: 'SAME' });
      const missingPx = shortcutPx - sidePx;
      const shortcut = ops.meanPool(x, SHORTCUT_POOL);
      return {
        x: ops.relu(
          ops.add(
            missingPx === 0 ? picture : ops.padWithZeros(picture, { rows: missingPx, columns: missingPx }),
            channels === size.channels
              ? shortcut
              : ops.padWithZeros(shortcut, { channels: channels - size.channels }),
          ),
        ),
        size: { sidePx: shortcutPx, channels },
      };
    };
    const plain = (x: typeof pixels, name: string): typeof pixels => {
      const inner = ops.relu(convolve(x, `${name}/conv1`, { padding: 'SAME' }));
      return ops.relu(ops.add(convolve(inner, `${name}/conv2`, { padding: 'SAME' }), x));
    };
    let x = ops.relu(convolve(pixels, FIRST, { stride: FIRST_STRIDE, padding: 'VALID' }));
    x = ops.maxPool(x, FIRST_POOL);
    let size: Size = { sidePx: 35, channels: 32 };
    for (const { name, isDown } of BLOCKS) {
      if (isDown) ({ x, size } = down(x, name, size));
      else x = plain(x, name);
    }
    return ops.dense(ops.meanOverPicture(x), head.kernel, head.bias);
  };
};
