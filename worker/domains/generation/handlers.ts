import { inStudio } from "#core/context.ts";
import { batch } from "#core/db.ts";
import type { Subscription } from "#core/events.ts";
import { setProjectStatus } from "#domains/projects/index.ts";
import { runFinished, runOpened } from "./contract.ts";
import { learnFromRun } from "./router/learning.ts";

/** What a run's event is about, where it makes a film: a single thing that lies with a project changes nothing of what that film is at. */
const filmOf = (data: Record<string, unknown>): string | null => (typeof data["project"] === "string" && data["isFilm"] !== false ? data["project"] : null);

/** A project shows what its newest run is doing. */
const projectStatuses: Record<string, "completed" | "failed" | "draft"> = { succeeded: "completed", incomplete: "failed", failed: "failed", cancelled: "draft" };

export const generationSubscriptions: readonly Subscription[] = [
  {
    event: runOpened.type, name: "generation.project-is-processing",
    handle: async (ctx, { studio, data }) => {
      const film = filmOf(data);
      if (studio && film !== null) await batch(ctx.db, [setProjectStatus(inStudio(ctx, studio, "owner"), film, "processing")]);
    },
  },
  {
    event: runFinished.type, name: "generation.project-is-done",
    handle: async (ctx, { studio, data }) => {
      const status = projectStatuses[String(data["status"])];
      const film = filmOf(data);
      if (studio && status && film !== null) await batch(ctx.db, [setProjectStatus(inStudio(ctx, studio, "owner"), film, status)]);
    },
  },
  { event: runFinished.type, name: "generation.router-learns", handle: learnFromRun },
];
