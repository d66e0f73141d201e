/** Finds the next place of something at or after a position; asked with growing positions it reads the text once. */
export function lookahead(find: (from: number) => number): (from: number) => number {
  let cached = -1;
  return (from) => {
    if (cached < from) {
      const found = find(from);
      cached = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    return cached;
  };
}
