/** Something to be matched by what it contains. `keys` are exact, strongest first; null where a key says nothing. */
export interface Matchable {
  keys: (string | null)[];
  /** What it is made of, for likeness: words, numbered where they repeat. */
  features: string[];
  /** Only things of the same group are alike: a speaker, a scene. */
  group: string;
}

export interface MatchOptions {
  /** Least likeness, 0 to 1, of two that are matched. */
  least: number;
  /** Least likeness of two that stand between the same neighbours. */
  leastBetween: number;
  /** So many of the previous stand in a sequence; the others lie behind them in no order. */
  standing: number;
}

/** Features that more than so many things share tell nothing. */
const COMMON_MAX = 24;
const CANDIDATES_MAX = 12;

/**
 * Matches two sequences by content: exactly, key by key; then by likeness, best first, where two that stand between neighbours that
 * are matched to each other need less. Answers for each of `next` the index in `previous`, or -1. Near linear: only things that share a
 * rare feature are compared.
 */
export function matchSequences(previous: readonly Matchable[], next: readonly Matchable[], options: MatchOptions): number[] {
  const matches: number[] = next.map(() => -1);
  const used = new Set<number>();
  const keys = Math.max(0, ...next.map(({ keys: own }) => own.length));
  for (let level = 0; level < keys; level += 1) matchExactly({ previous, next, matches, used, level });
  matchBetween({ previous, next, matches, used }, options);
  matchAlike({ previous, next, matches, used }, options.least);
  return matches;
}

interface State {
  previous: readonly Matchable[];
  next: readonly Matchable[];
  matches: number[];
  used: Set<number>;
}

/** Pairs what is left and has the same key, in order. */
function matchExactly({ previous, next, matches, used, level }: State & { level: number }): void {
  const waiting = new Map<string, number[]>();
  for (const [index, item] of previous.entries()) {
    const key = item.keys[level];
    if (key === null || key === undefined || used.has(index)) continue;
    const queue = waiting.get(key);
    if (queue) queue.push(index);
    else waiting.set(key, [index]);
  }
  const heads = new Map<string, number>();
  for (const [index, item] of next.entries()) {
    const key = item.keys[level];
    if (matches[index] !== -1 || key === null || key === undefined) continue;
    const head = heads.get(key) ?? 0;
    const found = waiting.get(key)?.[head];
    if (found === undefined) continue;
    heads.set(key, head + 1);
    matches[index] = found;
    used.add(found);
  }
}

/** Pairs what stands alone between two matched neighbours. */
function matchBetween({ previous, next, matches, used }: State, { leastBetween, standing }: MatchOptions): void {
  for (const [index, item] of next.entries()) {
    if (matches[index] !== -1) continue;
    const before = index === 0 ? -1 : matches[index - 1];
    if (before === undefined || (before === -1 && index > 0)) continue;
    const candidate = before + 1;
    const after = index + 1 < next.length ? matches[index + 1] : standing;
    const other = previous[candidate];
    if (!other || used.has(candidate) || after !== candidate + 1 || other.group !== item.group) continue;
    if (likeness(other.features, item.features) < leastBetween) continue;
    matches[index] = candidate;
    used.add(candidate);
  }
}

function matchAlike({ previous, next, matches, used }: State, least: number): void {
  const postings = new Map<string, number[]>();
  for (const [index, item] of previous.entries()) {
    if (used.has(index)) continue;
    for (const feature of item.features) {
      const list = postings.get(`${item.group}\n${feature}`);
      if (!list) postings.set(`${item.group}\n${feature}`, [index]);
      else if (list.length <= COMMON_MAX) list.push(index);
    }
  }
  const pairs: { index: number; found: number; score: number }[] = [];
  for (const [index, item] of next.entries()) {
    if (matches[index] !== -1) continue;
    const shared = new Map<number, number>();
    for (const feature of item.features) {
      const list = postings.get(`${item.group}\n${feature}`);
      if (list && list.length <= COMMON_MAX) for (const found of list) shared.set(found, (shared.get(found) ?? 0) + 1);
    }
    const best = [...shared].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, CANDIDATES_MAX);
    for (const [found] of best) pairs.push({ index, found, score: likeness(previous[found]?.features ?? [], item.features) });
  }
  pairs.sort((a, b) => b.score - a.score || a.index - b.index || a.found - b.found);
  for (const { index, found, score } of pairs) {
    if (score < least || matches[index] !== -1 || used.has(found)) continue;
    matches[index] = found;
    used.add(found);
  }
}

/** How much two sets of features have in common: 0 nothing, 1 all. */
export function likeness(a: readonly string[], b: readonly string[]): number {
  if (a.length + b.length === 0) return 0;
  const own = new Set(a);
  let common = 0;
  for (const feature of b) if (own.has(feature)) common += 1;
  return (2 * common) / (own.size + b.length);
}

/** Words of texts as features: the second `the` is another than the first. */
export function wordFeatures(...texts: string[]): string[] {
  const counts = new Map<string, number>();
  const features: string[] = [];
  for (const text of texts) {
    for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
      const times = (counts.get(word) ?? 0) + 1;
      counts.set(word, times);
      features.push(times === 1 ? word : `${word}#${times}`);
    }
  }
  return features;
}

/** A text by what it says, however it is set. */
export const sameText = (text: string): string => text.replace(/\s+/g, " ").trim();
