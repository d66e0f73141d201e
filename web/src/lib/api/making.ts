import { ask, type Fetch } from "./client.ts";
import type { FilmChanged, Graph, Page, Quote, Run, RunSummary, ShotEdit, Take, Target, WhatIf } from "./types.ts";

export const getGraph = (fetch: Fetch, project: string): Promise<Graph> => ask(fetch, { path: `/v1/projects/${project}/graph` });
export const askWhatIf = (fetch: Fetch, project: string, body: { shot: string; fields: ShotEdit; target?: Target }, signal?: AbortSignal): Promise<WhatIf> =>
  ask(fetch, { method: "POST", path: `/v1/projects/${project}/what-if`, body, ...(signal && { signal }) });

export const createQuote = (fetch: Fetch, body: { project: string; target: Target; scenes?: string[] }): Promise<Quote> => ask(fetch, { method: "POST", path: "/v1/quotes", body });
export const createRun = (fetch: Fetch, quote: string): Promise<Run> => ask(fetch, { method: "POST", path: "/v1/runs", body: { quote }, idempotencyKey: quote });
export const getRun = (fetch: Fetch, id: string): Promise<Run> => ask(fetch, { path: `/v1/runs/${id}` });
export const listRuns = (fetch: Fetch, query: { project?: string; limit?: number; cursor?: string | null } = {}): Promise<Page<RunSummary>> => ask(fetch, { path: "/v1/runs", query });
export const cancelRun = (fetch: Fetch, id: string): Promise<Run> => ask(fetch, { method: "POST", path: `/v1/runs/${id}/cancel` });
export const retryRun = (fetch: Fetch, id: string): Promise<Quote> => ask(fetch, { method: "POST", path: `/v1/runs/${id}/retry` });
export const cancelJob = (fetch: Fetch, id: string): Promise<unknown> => ask(fetch, { method: "POST", path: `/v1/jobs/${id}/cancel` });

const node = (project: string, id: string): string => `/v1/projects/${project}/nodes/${encodeURIComponent(id)}`;
export const listTakes = (fetch: Fetch, project: string, id: string): Promise<Page<Take>> => ask(fetch, { path: `${node(project, id)}/takes` });
/** The next quote of this node makes another take of it. */
export const retake = (fetch: Fetch, project: string, id: string, base: number): Promise<FilmChanged> => ask(fetch, { method: "POST", path: `${node(project, id)}/retake`, body: { base } });
export const chooseTake = (fetch: Fetch, take: string, base: number): Promise<FilmChanged> => ask(fetch, { method: "POST", path: `/v1/takes/${take}/choose`, body: { base } });
export const useUpload = (fetch: Fetch, project: string, id: string, body: { base: number; asset: string }): Promise<FilmChanged> => ask(fetch, { method: "POST", path: `${node(project, id)}/upload`, body });
/** Takes an upload away again: the node is made by machine. */
export const dropUpload = (fetch: Fetch, project: string, id: string, base: number): Promise<FilmChanged> => ask(fetch, { method: "DELETE", path: `${node(project, id)}/upload`, query: { base } });
