/**
 * An exponential moving average that begins where the values do: sums are divided by the weight that they hold so far (Kingma and Ba 2015, bias
 * correction). Values that are no numbers are passed over.
 * @param amount from 0, which leaves the values as they are, to below 1
 */
export const smooth = (values: readonly number[], amount: number): number[] => {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    sum = amount * sum + (1 - amount) * value;
    weight = amount * weight + (1 - amount);
    return sum / weight;
  });
};
