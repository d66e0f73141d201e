import { answerOf, api, type Fetch } from "./client.ts";
import type { components } from "./schema.d.ts";

/** Whether a project's books agree, and what it took against what was expected. */
export type ProjectReconciliation = components["schemas"]["ProjectReconciliation"];

export const getProjectReconciliation = (fetch: Fetch, project: string): Promise<ProjectReconciliation> => answerOf(api(fetch).GET("/api/v1/projects/{id}/reconciliation", { params: { path: { id: project } } }));
