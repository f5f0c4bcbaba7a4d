/** Numbers of a step by their names, or the means of `steps` steps up to it. */
export type Averaged<Name extends string> = Readonly<Record<Name, number>> & {
  readonly step: number;
  readonly epoch: number;
  readonly steps: number;
};

/**
 * The numbers of a run, thinned: however long it is, there are at most `most` points, each the mean of equally many steps; the last may have fewer.
 * The names of the numbers are all but `step`, `epoch` and `steps`.
 */
export type MetricSeries<Name extends string> = {
  /** Takes a point. One of a step that is known already voids it and all after it: a run that goes on from a checkpoint tells them anew. */
  add(point: Averaged<Name>): void;
  readonly points: readonly Averaged<Name>[];
};

const joined = <Name extends string>(
  names: readonly Name[],
  a: Averaged<Name>,
  b: Averaged<Name>,
): Averaged<Name> => {
  const steps = a.steps + b.steps;
  const means = Object.fromEntries(
    names.map((name) => [name, (a[name] * a.steps + b[name] * b.steps) / steps]),
  );
  // Every name has its mean now.
  return { ...(means as Record<Name, number>), step: b.step, epoch: b.epoch, steps };
};

/** No points yet. @param most at least 2 */
export const createMetricSeries = <Name extends string>(
  names: readonly Name[],
  most: number,
): MetricSeries<Name> => {
  let points: Averaged<Name>[] = [];
  let stride = 1;
  const halve = (): void => {
    stride *= 2;
    const fewer: Averaged<Name>[] = [];
    for (const point of points) {
      const last = fewer.at(-1);
      if (last !== undefined && last.steps + point.steps <= stride)
        fewer[fewer.length - 1] = joined(names, last, point);
      else fewer.push(point);
    }
    points = fewer;
  };
  return {
    add(point) {
      while ((points.at(-1)?.step ?? 0) >= point.step) points.pop();
      const last = points.at(-1);
      if (last !== undefined && last.steps + point.steps <= stride)
        points[points.length - 1] = joined(names, last, point);
      else points.push(point);
      if (points.length > most) halve();
    },
    get points() {
      return points;
    },
  };
};
