/** States of a job; those from `succeeded` on are terminal and never change. */
export type JobState = "pending" | "queued" | "running" | "retrying" | "cancelling" | "succeeded" | "failed" | "refused" | "cancelled" | "expired";

export type RunState = "opening" | "running" | "waiting" | "cancelling" | "succeeded" | "incomplete" | "failed" | "cancelled";

/** How a run ends. */
export type Settlement = "succeeded" | "incomplete" | "failed" | "cancelled";

export type Action =
  | { do: "queue"; step: string }
  /** `because` is the id of the step that it waited for in vain, or `run-cancelled`. */
  | { do: "cancel"; step: string; because: string }
  | { do: "settle"; status: Settlement };

/** Of a step, `next` needs to know what it waits for. */
export interface Waiting {
  id: string;
  after: readonly string[];
}

const terminal: ReadonlySet<JobState> = new Set(["succeeded", "failed", "refused", "cancelled", "expired"]);

/** Whether a job has come to its end. */
export const isTerminal = (state: JobState): boolean => terminal.has(state);

/**
 * What a run has to do now. Pure, and the same answer for the same states: asking again after a crash repeats no work, since whatever was
 * done shows in the states. A step without a state is pending.
 */
export function next(steps: readonly Waiting[], states: Readonly<Record<string, JobState>>, run: RunState): Action[] {
  if (run !== "running" && run !== "waiting" && run !== "cancelling") return [];
  const stateOf = (id: string): JobState => states[id] ?? "pending";
  if (steps.every(({ id }) => isTerminal(stateOf(id)))) return [{ do: "settle", status: settlement(steps.map(({ id }) => stateOf(id)), run) }];
  if (run === "cancelling") return steps.flatMap(({ id }) => cancelOf(id, stateOf(id)));
  return progress(steps, stateOf);
}

function cancelOf(step: string, state: JobState): Action[] {
  return isTerminal(state) || state === "cancelling" ? [] : [{ do: "cancel", step, because: "run-cancelled" }];
}

function progress(steps: readonly Waiting[], stateOf: (id: string) => JobState): Action[] {
  const lost = stepsInVain(steps, stateOf);
  const actions = steps.flatMap(({ id, after }): Action[] => {
    if (stateOf(id) !== "pending") return [];
    const because = lost.get(id);
    if (because !== undefined) return [{ do: "cancel", step: id, because }];
    return after.every((dep) => stateOf(dep) === "succeeded") ? [{ do: "queue", step: id }] : [];
  });
  const underWay = steps.some(({ id }) => stateOf(id) !== "pending" && !isTerminal(stateOf(id)));
  if (actions.length > 0 || underWay) return actions;
  return steps.flatMap(({ id, after }): Action[] => (stateOf(id) === "pending" ? [{ do: "cancel", step: id, because: after[0] ?? id }] : []));
}

/** Pending steps that can never be made, each with the step that failed it. */
function stepsInVain(steps: readonly Waiting[], stateOf: (id: string) => JobState): ReadonlyMap<string, string> {
  const lost = new Map<string, string>();
  const causes = steps.flatMap(({ id }): [string, string][] => (isTerminal(stateOf(id)) && stateOf(id) !== "succeeded" ? [[id, id]] : []));
  if (causes.length === 0) return lost;
  const waiters = new Map<string, string[]>();
  for (const { id, after } of steps) {
    for (const dep of after) waiters.set(dep, [...(waiters.get(dep) ?? []), id]);
  }
  for (let found = causes.shift(); found !== undefined; found = causes.shift()) {
    const [id, cause] = found;
    for (const waiter of waiters.get(id) ?? []) {
      if (lost.has(waiter) || stateOf(waiter) !== "pending") continue;
      lost.set(waiter, cause);
      causes.push([waiter, cause]);
    }
  }
  return lost;
}

function settlement(states: readonly JobState[], run: RunState): Settlement {
  if (states.every((state) => state === "succeeded")) return "succeeded";
  if (run === "cancelling") return "cancelled";
  if (states.includes("succeeded")) return "incomplete";
  return states.every((state) => state === "cancelled") ? "cancelled" : "failed";
}
