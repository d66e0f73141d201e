import { FRAME_RATE } from "#film/film.ts";
import type { Step } from "#film/plan.ts";
import { rangeOf, takenBy, totalOf, type History, type Range } from "../times/rules.ts";
import type { Model } from "../tools/index.ts";

/** Seconds that a model declares; where what it makes has no length that is known yet, as if it were so many seconds long. */
const LENGTH_UNKNOWN = 4;
export const declaredSeconds = ({ speed }: Pick<Model, "speed">, frames: number | null): number => speed.seconds + speed.perSecond * (frames === null ? LENGTH_UNKNOWN : frames / FRAME_RATE);

/** How long a plan takes: by what the models took lately, or where they have no history, by what they declare. */
export function estimate(steps: readonly { step: Step; model: Model }[], history: History): Range {
  const seconds = new Map(steps.map(({ step, model }): [string, Range] => {
    const taken = takenBy(history, { model: model.id, frames: step.frames });
    const declared = declaredSeconds(model, step.frames);
    return [step.id, taken ? rangeOf(taken) : { p50: declared, p90: declared * 2 }];
  }));
  const total = (key: keyof Range): number => Math.max(1, Math.ceil(totalOf(steps.map(({ step }) => step), ({ id }) => seconds.get(id)?.[key] ?? 0)));
  return { p50: total("p50"), p90: total("p90") };
}
