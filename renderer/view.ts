import type { Prediction } from "./store.ts";
import { fullName } from "./versions.ts";

/** A prediction as Replicate shows it, with its addresses on `origin`. */
export function viewOf(prediction: Prediction, origin: string): { [key: string]: unknown } {
  const url = `${origin}/v1/predictions/${prediction.id}`;
  const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  const total = prediction.completedAt === null ? undefined : (prediction.completedAt - prediction.createdAt) / 1000;
  return {
    id: prediction.id,
    model: fullName(prediction.model),
    version: prediction.version,
    input: prediction.input ?? {},
    output: prediction.output,
    logs: prediction.logs,
    error: prediction.error,
    // What Replicate does not say: whether asking again can help.
    fault: prediction.fault ?? null,
    status: prediction.status,
    source: "api",
    data_removed: prediction.dataRemoved,
    created_at: iso(prediction.createdAt),
    started_at: iso(prediction.startedAt),
    completed_at: iso(prediction.completedAt),
    urls: { get: url, cancel: `${url}/cancel` },
    metrics: { ...(prediction.predictSeconds === null ? {} : { predict_time: prediction.predictSeconds }), ...(total === undefined ? {} : { total_time: total }) },
  };
}
