/** Round values from 0 to at least `most`, few enough to read: 1, 2 or 5 times a power of ten apart, and whole. */
export function ticksTo(most: number, count = 4): number[] {
  if (most <= 0) return [0, 1];
  const rough = Math.max(1, most / count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough) ?? rough;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step);
}

/** Which of `length` places get a word, where so many words fit: evenly apart, the last one always. */
export function labelled(length: number, fit: number): Set<number> {
  const apart = Math.max(1, Math.ceil(length / Math.max(1, fit)));
  return new Set(Array.from({ length: Math.ceil(length / apart) }, (_, index) => length - 1 - index * apart));
}
