/** Differences up to this are noise, however small the estimate was. */
const TOKENS_NOISE = 1_000;

/** Whether what was used is far from what was expected: by more than a fifth of the estimate, and by more than noise. */
export function differs({ estimated, actual }: { estimated: number; actual: number }): boolean {
  const gap = Math.abs(actual - estimated);
  return gap > TOKENS_NOISE && gap * 5 > estimated;
}
