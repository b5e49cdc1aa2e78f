// Quantiles of the normal distribution, by Acklam's approximation of the middle and the tails.

export const quantiles = [0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1];

const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];

const poly = (factors, x) => factors.reduce((sum, factor) => sum * x + factor, 0);

export function zOf(p) {
  const tail = Math.min(p, 1 - p);
  if (tail < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(tail));
    const z = poly(c, q) / poly([...d, 1], q);
    return p < 0.5 ? z : -z;
  }
  const q = p - 0.5;
  return (poly(a, q * q) * q) / poly([...b, 1], q * q);
}
