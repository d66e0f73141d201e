import { answerOf, api, type Fetch } from "./client.ts";
import { jsonOf } from "./problem.ts";
import type { FilmChanged, Graph, Job, Notices, Page, Quote, QuoteInput, Receipt, Run, RunRecord, RunSummary, ShotEdit, StudioQueue, Take, Target, Tool, WhatIf } from "./types.ts";

const of = (id: string) => ({ params: { path: { id } } });
const nodeOf = (id: string, node: string) => ({ params: { path: { id, node } } });

export const getGraph = (fetch: Fetch, project: string): Promise<Graph> => answerOf(api(fetch).GET("/api/v1/projects/{id}/graph", of(project)));
/** What an edit would make stale and cost, before it is made. */
export const askWhatIf = (fetch: Fetch, project: string, body: { shot: string; fields: ShotEdit; target: Target }, signal: AbortSignal): Promise<WhatIf> => answerOf(api(fetch).POST("/api/v1/projects/{id}/what-if", { ...of(project), body, signal }));

export const createQuote = (fetch: Fetch, body: QuoteInput): Promise<Quote> => answerOf(api(fetch).POST("/api/v1/quotes", { body: { priority: 2, ...body } }));
export const getQuote = (fetch: Fetch, id: string): Promise<Quote> => answerOf(api(fetch).GET("/api/v1/quotes/{id}", of(id)));
/** Starts what was quoted. The quote is its own key: repeating this starts nothing twice. */
export const createRun = (fetch: Fetch, quote: string): Promise<Run> => answerOf(api(fetch).POST("/api/v1/runs", { body: { quote }, params: { header: { "idempotency-key": quote } } }));
export const getRun = (fetch: Fetch, id: string): Promise<Run> => answerOf(api(fetch).GET("/api/v1/runs/{id}", of(id)));
/** What it cost, item by item, as the wallet's entries say. */
export const getReceipt = async (fetch: Fetch, id: string): Promise<Receipt> => jsonOf(await answerOf(api(fetch).GET("/api/v1/runs/{id}/receipt", of(id))));
/** Everything that a run was told, and what followed from it. */
export const getRunRecord = (fetch: Fetch, id: string): Promise<RunRecord> => answerOf(api(fetch).GET("/api/v1/runs/{id}/record", of(id)));
export const listRuns = (fetch: Fetch, { cursor, ...query }: { project?: string; limit?: number; cursor?: string | null } = {}): Promise<Page<RunSummary>> => answerOf(api(fetch).GET("/api/v1/runs", { params: { query: { ...query, ...(cursor && { cursor }) } } }));
export const cancelRun = (fetch: Fetch, id: string): Promise<Run> => answerOf(api(fetch).POST("/api/v1/runs/{id}/cancel", of(id)));
/** A quote for what failed. */
export const retryRun = (fetch: Fetch, id: string): Promise<Quote> => answerOf(api(fetch).POST("/api/v1/runs/{id}/retry", of(id)));
/** A quote of a job by another model: nothing is made or paid before it is run. */
export const rerouteJob = (fetch: Fetch, id: string, model: string): Promise<Quote> => answerOf(api(fetch).POST("/api/v1/jobs/{id}/reroute", { ...of(id), body: { model } }));
export const cancelJob = (fetch: Fetch, id: string): Promise<Job> => answerOf(api(fetch).POST("/api/v1/jobs/{id}/cancel", of(id)));

/** A quote for what a job did not make. */
export const retryJob = (fetch: Fetch, id: string): Promise<Quote> => answerOf(api(fetch).POST("/api/v1/jobs/{id}/retry", of(id)));
/** What is under way, what waits and where, and what failed lately. */
export const getQueue = (fetch: Fetch): Promise<StudioQueue> => answerOf(api(fetch).GET("/api/v1/queue"));
/** Models that end and runs that stand still, of a studio or of one project. */
export const getNotices = (fetch: Fetch, project: string | null): Promise<Notices> => answerOf(api(fetch).GET("/api/v1/notices", { params: { query: project === null ? {} : { project } } }));

/** What can be made here. */
export const listTools = (fetch: Fetch): Promise<Page<Tool>> => answerOf(api(fetch).GET("/api/v1/tools"));
export const listTakes = (fetch: Fetch, project: string, node: string): Promise<Page<Take>> => answerOf(api(fetch).GET("/api/v1/projects/{id}/nodes/{node}/takes", nodeOf(project, node)));
/** The next quote of this node makes another take of it. */
export const retake = (fetch: Fetch, project: string, node: string, base: number): Promise<FilmChanged> => answerOf(api(fetch).POST("/api/v1/projects/{id}/nodes/{node}/retake", { ...nodeOf(project, node), body: { base } }));
export const chooseTake = (fetch: Fetch, take: string, base: number): Promise<FilmChanged> => answerOf(api(fetch).POST("/api/v1/takes/{id}/choose", { ...of(take), body: { base } }));
/** An uploaded file becomes the node's take. */
export const useUpload = (fetch: Fetch, project: string, node: string, body: { base: number; asset: string }): Promise<FilmChanged> => answerOf(api(fetch).POST("/api/v1/projects/{id}/nodes/{node}/upload", { ...nodeOf(project, node), body }));
/** Takes an upload away again: the node is made by machine. */
export const dropUpload = (fetch: Fetch, project: string, node: string, base: number): Promise<FilmChanged> => answerOf(api(fetch).DELETE("/api/v1/projects/{id}/nodes/{node}/upload", { params: { path: { id: project, node }, query: { base } } }));
