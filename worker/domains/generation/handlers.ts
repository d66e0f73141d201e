import { inStudio } from "#core/context.ts";
import { batch } from "#core/db.ts";
import type { Subscription } from "#core/events.ts";
import { setProjectStatus } from "#domains/projects/index.ts";
import { runFinished, runOpened } from "./contract.ts";

/** A project shows what its newest run is doing. */
const projectStatuses: Record<string, "completed" | "failed" | "draft"> = { succeeded: "completed", incomplete: "failed", failed: "failed", cancelled: "draft" };

export const generationSubscriptions: readonly Subscription[] = [
  {
    event: runOpened.type, name: "generation.project-is-processing",
    handle: async (ctx, { studio, data }) => {
      if (studio && typeof data["project"] === "string") await batch(ctx.db, [setProjectStatus(inStudio(ctx, studio, "owner"), data["project"], "processing")]);
    },
  },
  {
    event: runFinished.type, name: "generation.project-is-done",
    handle: async (ctx, { studio, data }) => {
      const status = projectStatuses[String(data["status"])];
      if (studio && status && typeof data["project"] === "string") await batch(ctx.db, [setProjectStatus(inStudio(ctx, studio, "owner"), data["project"], status)]);
    },
  },
];
