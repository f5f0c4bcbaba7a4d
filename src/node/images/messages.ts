import type { KnownPhoto } from '../../contract/engine.ts';
import type { Conversion, ReasonCode } from '../../contract/faces.ts';
import type { CropCut, CropPlan } from '../../core/images/crop-plan.ts';
import type { PyramidRequest } from '../../core/images/network-input.ts';
import type { View } from '../../core/images/view.ts';
import type { CropQuality } from '../../core/quality/measure.ts';
import type { WriteProblem } from './failures.ts';

/** Seconds of work by stage. */
export type ImageSeconds = {
  readonly read: number;
  readonly decode: number;
  readonly resample: number;
  readonly encode: number;
};

export type WrittenCrop = { readonly bytes: number; readonly sha256: string; readonly quality: CropQuality };

/** What the pool asks of a worker. `id` names the request, `photo` a photo that the worker holds from `open` to `release`. */
export type WorkerRequest =
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly photo: number;
      readonly file: string;
      readonly known: KnownPhoto | null;
      readonly pyramid: PyramidRequest | null;
      readonly view: View | null;
    }
  /** Payload: int32 [n, 4]. */
  | { readonly kind: 'crops'; readonly id: number; readonly photo: number; readonly sizePx: number }
  | {
      readonly kind: 'write';
      readonly id: number;
      readonly photo: number;
      readonly crops: readonly CropPlan[];
    }
  | { readonly kind: 'cut'; readonly id: number; readonly photo: number; readonly cuts: readonly CropCut[] }
  | {
      readonly kind: 'rendition';
      readonly id: number;
      readonly file: string;
      readonly sizePx: number;
      readonly output: string;
    }
  | { readonly kind: 'release'; readonly photo: number };

/** A request as it travels: with the place of the exchange at which its payload may be left, if there is one. */
export type PlacedRequest = WorkerRequest & { readonly place: number | null };

/** What a worker says. Each answer ends its request but `begun`, which says that the request's next step begins. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'begun';
      readonly id: number;
      readonly step: 'read' | 'decode';
      readonly sourceSha256: string | null;
    }
  | (Answered & {
      readonly kind: 'opened';
      readonly widthPx: number;
      readonly heightPx: number;
      readonly sourceSha256: string;
      readonly conversions: readonly Conversion[];
      /** Payload: the levels' pixels, one after the other. */
      readonly levels: readonly {
        readonly scale: number;
        readonly widthPx: number;
        readonly heightPx: number;
      }[];
    })
  | (Answered & { readonly kind: 'unchanged' })
  /** Payload: float32 [n, size, size, 3]. */
  | (Answered & { readonly kind: 'crops' })
  /** Payload: of each crop [size, size, 3] RGB bytes, one after the other. */
  | (Answered & { readonly kind: 'cut' })
  | (Answered & { readonly kind: 'written'; readonly crops: readonly WrittenCrop[] })
  | (Answered & { readonly kind: 'done' })
  | (Answered & {
      readonly kind: 'failed';
      readonly code: ReasonCode;
      readonly message: string;
      readonly sourceSha256: string | null;
    })
  | (Answered & { readonly kind: 'cannot-write'; readonly code: WriteProblem; readonly message: string })
  /** A fault of the program, not of the photo. */
  | (Answered & { readonly kind: 'fault'; readonly message: string });

type Answered = {
  readonly id: number;
  readonly seconds: ImageSeconds;
  /** Bytes that the worker holds for this photo from now on. */
  readonly heldBytes: number;
  /** Bytes of payload that lie at the request's place of the exchange; null for a payload in the frame. */
  readonly left: number | null;
};
