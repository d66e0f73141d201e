/** The discrete Fourier transform of a fixed, even power of two, in place; its tables are made once. */
export class Fourier {
  readonly size: number;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly swapped: Uint32Array;

  constructor(size: number) {
    this.size = size;
    this.cos = Float64Array.from({ length: size / 2 }, (_, n) => Math.cos((2 * Math.PI * n) / size));
    this.sin = Float64Array.from({ length: size / 2 }, (_, n) => Math.sin((2 * Math.PI * n) / size));
    const bits = Math.log2(size);
    this.swapped = Uint32Array.from({ length: size }, (_, n) => {
      let mirrored = 0;
      for (let bit = 0; bit < bits; bit += 1) if (n & (1 << bit)) mirrored |= 1 << (bits - 1 - bit);
      return mirrored;
    });
  }

  /** Time to frequency. */
  forward(re: Float64Array, im: Float64Array): void {
    this.transform(re, im);
  }

  /** Frequency to time: the forward transform with both parts exchanged. */
  inverse(re: Float64Array, im: Float64Array): void {
    this.transform(im, re);
    for (let n = 0; n < this.size; n += 1) {
      re[n] = (re[n] ?? 0) / this.size;
      im[n] = (im[n] ?? 0) / this.size;
    }
  }

  private transform(re: Float64Array, im: Float64Array): void {
    for (let n = 0; n < this.size; n += 1) {
      const m = this.swapped[n] ?? 0;
      if (m <= n) continue;
      [re[n], re[m]] = [re[m] ?? 0, re[n] ?? 0];
      [im[n], im[m]] = [im[m] ?? 0, im[n] ?? 0];
    }
    for (let half = 1; half < this.size; half *= 2) {
      const stride = this.size / (2 * half);
      for (let k = 0; k < half; k += 1) {
        const [c, s] = [this.cos[k * stride] ?? 0, this.sin[k * stride] ?? 0];
        for (let p = k; p < this.size; p += 2 * half) {
          const q = p + half;
          const [a, b] = [re[q] ?? 0, im[q] ?? 0];
          const [x, y] = [a * c + b * s, b * c - a * s];
          re[q] = (re[p] ?? 0) - x;
          im[q] = (im[p] ?? 0) - y;
          re[p] = (re[p] ?? 0) + x;
          im[p] = (im[p] ?? 0) + y;
        }
      }
    }
  }
}
