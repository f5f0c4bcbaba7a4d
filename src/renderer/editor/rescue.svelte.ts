import type { RetrySettings } from '../../contract/workspace-photo.ts';

/** How sure another try must be, by name: the least probability after each of the three networks. */
export const SENSITIVITIES = [
  { name: 'usual', label: 'Faces as usual', thresholds: [0.6, 0.7, 0.7] },
  { name: 'doubtful', label: 'Doubtful faces too', thresholds: [0.5, 0.55, 0.55] },
  { name: 'anything', label: 'Anything like a face', thresholds: [0.4, 0.4, 0.35] },
] as const satisfies readonly {
  readonly name: string;
  readonly label: string;
  readonly thresholds: RetrySettings['thresholds'];
}[];
type Sensitivity = (typeof SENSITIVITIES)[number]['name'];

/** The photo is turned clockwise by so much. */
export const TURNS = [
  { degrees: -90, label: '−90' },
  { degrees: -30, label: '−30' },
  { degrees: 0, label: '0' },
  { degrees: 30, label: '30' },
  { degrees: 90, label: '90' },
  { degrees: 180, label: '180' },
] as const;

export const ENLARGEMENTS = [1, 2, 3, 4] as const;

/** How another try looks for faces, as a person sets it. */
export class Rescue {
  sensitivity = $state<Sensitivity>('doubtful');
  /** null while what is typed is no number. */
  minFaceSizePx = $state<number | null>(12);
  rotationDegrees = $state(0);
  scale = $state(1);

  /** null while a number is missing or out of its range. */
  readonly settings = $derived.by((): RetrySettings | null => {
    const { minFaceSizePx, rotationDegrees, scale } = this;
    const thresholds = SENSITIVITIES.find(({ name }) => name === this.sensitivity)?.thresholds;
    if (thresholds === undefined || minFaceSizePx === null || minFaceSizePx < 6 || minFaceSizePx > 2000)
      return null;
    return { thresholds: [...thresholds], minFaceSizePx, rotationDegrees, scale };
  });
}
