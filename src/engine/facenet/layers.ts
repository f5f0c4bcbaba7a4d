import type { PoolOptions } from '../network/operations.ts';

export type ConvolutionOptions = {
  readonly channels: number;
  /** Height and width; one number for a square. */
  readonly size: number | readonly [height: number, width: number];
  readonly stride?: number;
  readonly padding?: 'SAME' | 'VALID';
};

/**
 * The layers that the seed's networks are made of, each named by its scope. A network is written once against this type; what a layer
 * does with its weights differs: inference folds the batch norm into them, training keeps and moves it, and a list of variables only
 * counts channels.
 */
export type Layers<Tensor> = {
  /** Convolution without bias, batch norm without gamma, ReLU. `SAME` and stride 1 unless said otherwise. */
  convolution(x: Tensor, scope: string, options: ConvolutionOptions): Tensor;
  /**
   * x + scale * (1 × 1 convolution of `branches` with bias, without batch norm), then a ReLU where `isActivated`.
   */
  residual(
    x: Tensor,
    branches: Tensor,
    scope: string,
    options: { readonly scale: number; readonly isActivated: boolean },
  ): Tensor;
  /** Along the channels. */
  concatenate(images: readonly Tensor[]): Tensor;
  maxPool(x: Tensor, options: PoolOptions): Tensor;
  meanOverPicture(x: Tensor): Tensor;
  /** While training, a share of the values is dropped. */
  dropout(x: Tensor): Tensor;
  /** Dense layer without bias, batch norm without gamma, no activation. */
  bottleneck(x: Tensor, scope: string, units: number): Tensor;
};

/** A network of the seed up to its prelogits. `endpoint` hears of each block's output by the seed's name of it. */
export type FacenetNetwork = <Tensor>(
  layers: Layers<Tensor>,
  images: Tensor,
  options: { readonly embeddingSize: number; readonly endpoint?: (name: string, x: Tensor) => void },
) => Tensor;
