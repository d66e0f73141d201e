/** What became of one attempt at a model, as far as it is known. */
export interface Outcome {
  model: string;
  /** It came as ordered; false: the model failed or refused. */
  delivered: boolean;
  /** Seconds from its beginning to its file. */
  seconds: number | null;
  credits: number;
  /** What its provider said that it cost, in credits by our rule, as a part of its price here; null: it said nothing, or it is free. */
  cost?: number | null;
  /** People went on with it (true) or asked for another (false); null: neither yet. */
  accepted: boolean | null;
}

/** What a model has done in one class of tasks. Counts are discounted: older outcomes weigh less. */
export interface ModelStats {
  delivered: number;
  failed: number;
  accepted: number;
  retaken: number;
  /** Discounted mean of its delays; null while there is none. */
  seconds: number | null;
  /** Discounted mean of what it cost, as a part of its price here, and the weight of those that said so; absent: nobody did, or it was not read. */
  cost?: { part: number; weight: number };
}

/** Each outcome of a class weighs this much of the next newer one: after 17, half. So a model that turned bad is known as bad within a few jobs. */
export const DISCOUNT = 0.96;
/** So many bad outcomes in a row are no bad luck for a good model: what it did before them is forgotten, so that it is left at once. */
export const STREAK = 4;
/** Outcomes of a class that are read; the oldest of them weighs a ten-thousandth. */
export const OUTCOMES_READ = 220;

export const noStats: ModelStats = { delivered: 0, failed: 0, accepted: 0, retaken: 0, seconds: null };

/** Statistics by model from a class's outcomes, newest first. */
export function statsOf(outcomes: readonly Outcome[]): Record<string, ModelStats> {
  const stats: Record<string, ModelStats> = {};
  const timed: Record<string, { sum: number; weight: number }> = {};
  const streaks = new Map<string, { bad: number; isOver: boolean }>();
  outcomes.slice(0, OUTCOMES_READ).forEach(({ model, delivered, seconds, accepted, cost = null }, age) => {
    const streak = streaks.get(model) ?? { bad: 0, isOver: false };
    streaks.set(model, streak);
    if (!delivered || accepted === false) streak.bad += streak.isOver ? 0 : 1;
    else if (accepted) streak.isOver = true;
    if (streak.isOver && streak.bad >= STREAK) return;
    const weight = DISCOUNT ** age;
    const own = (stats[model] ??= { ...noStats });
    own[delivered ? "delivered" : "failed"] += weight;
    if (accepted !== null) own[accepted ? "accepted" : "retaken"] += weight;
    if (cost !== null) {
      const before = own.cost ?? { part: 0, weight: 0 };
      own.cost = { part: (before.part * before.weight + cost * weight) / (before.weight + weight), weight: before.weight + weight };
    }
    if (seconds === null) return;
    const time = (timed[model] ??= { sum: 0, weight: 0 });
    time.sum += seconds * weight;
    time.weight += weight;
    own.seconds = time.sum / time.weight;
  });
  return stats;
}

const lengths = [4, 8, 15] as const;

/** Lengths that are alike: `4s` is up to four seconds, `any` has none. */
export function lengthOf(seconds: number | null): string {
  if (seconds === null) return "any";
  const bucket = lengths.find((most) => seconds <= most);
  return bucket === undefined ? `over-${lengths[2]}s` : `${bucket}s`;
}

/** The class of a task: what is learned in one says nothing about another. */
export function classOf({ tool, seconds, aspect, style }: { tool: string; seconds: number | null; aspect: string; style: string }): string {
  return `${tool}/${lengthOf(seconds)}/${aspect}/${style}`;
}
