import type { Ctx, StudioCtx } from "#core/context.ts";
import { type Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { once } from "#core/idempotency.ts";
import { toPage, type PageQuery } from "#core/page.ts";
import { UPLOAD_BYTES_MAX, uploadCompleted, type Asset, type CreateUpload, type Upload } from "./contract.ts";
import { probe, type ProbeFacts } from "./probe.ts";
import { ARRIVING_PREFIX, mayBe, typeAnnounced, typeFound, UPLOAD_KIND, UPLOAD_PREFIX, uploadableTypes } from "./rules.ts";
import { presignPut, signLink } from "./signing.ts";
import * as store from "./store.ts";
import { storeStream } from "./storing.ts";
import type { AssetRow, UploadRow } from "./tables.ts";

/** A link in an answer lasts at least this long. */
const LINK_SECONDS = 3_600;
const PUT_SECONDS = 3_600;

export type NewAsset = Omit<AssetRow, "createdAt">;

/** Rows for stored objects, to commit with whatever they belong to. */
export const recordAssets = (ctx: Ctx, rows: readonly NewAsset[]): Write => store.insertAssets(ctx, rows.map((row) => ({ ...row, createdAt: ctx.now() })));

/** The asset, or a 404 that does not tell whether another studio has it. */
export async function requireAsset(ctx: StudioCtx, id: string): Promise<AssetRow> {
  const row = await store.findAsset(ctx, id);
  if (!row) throw new AppError("asset.not_found", "There is no such asset in this studio. List them at /api/v1/assets.");
  return row;
}

/** Several assets of the studio by id; those that are not there are left out. */
export const assetsById = async (ctx: StudioCtx, ids: string[]): Promise<ReadonlyMap<string, AssetRow>> =>
  new Map((ids.length === 0 ? [] : await store.findAssets(ctx, ids)).map((row) => [row.id, row]));

export async function toAsset(ctx: Ctx, row: AssetRow): Promise<Asset> {
  const link = row.kind === UPLOAD_KIND ? null : await signLink(ctx, row.key, LINK_SECONDS);
  return {
    object: "asset", id: row.id, project: row.project, kind: row.kind, node: row.node, take: row.take, role: row.role, contentType: row.contentType, bytes: row.bytes,
    sha256: row.sha256, seconds: row.durationMs === null ? null : row.durationMs / 1_000, width: row.width, height: row.height,
    url: link?.url ?? null, urlExpiresAt: link && new Date(link.expiresAt).toISOString(), createdAt: new Date(row.createdAt).toISOString(),
  };
}

export const getAsset = async (ctx: StudioCtx, id: string): Promise<Asset> => toAsset(ctx, await requireAsset(ctx, id));

export async function listAssets(ctx: StudioCtx, query: PageQuery & { project?: string | undefined; kind?: string | undefined }) {
  const page = toPage(await store.listAssets(ctx, query), query.limit, (row) => row, (row) => [row.createdAt, row.id]);
  return { data: await Promise.all(page.data.map((row) => toAsset(ctx, row))), nextCursor: page.nextCursor };
}

/** Announce a file: the answer says where to put it. Nothing is stored until it arrives. */
export function createUpload(ctx: StudioCtx, input: CreateUpload): Promise<Upload> {
  const contentType = typeAnnounced(input);
  if (contentType === null) {
    throw new AppError("upload.unsupported", `${input.contentType} cannot be used. Send one of: ${uploadableTypes.join(", ")}.`, { errors: [{ pointer: "/contentType", detail: "not supported" }] });
  }
  return once(ctx, {
    operation: "createUpload", kind: "upload", input,
    create: async (id, remember) => {
      if (input.project !== null && !(await store.hasProject(ctx, input.project))) throw new AppError("project.not_found", "This studio has no such project.");
      const row: UploadRow = {
        id, studio: ctx.studio, project: input.project, filename: input.filename, contentType, bytes: input.bytes, sha256: input.sha256 ?? null,
        key: `${ARRIVING_PREFIX}${ctx.studio}/${id}`, status: "waiting", asset: null, problem: null, createdAt: ctx.now(),
      };
      await commit(ctx, { type: "upload.announced", studio: ctx.studio, subject: id, data: { bytes: input.bytes } }, [...remember, store.insertUpload(ctx, row)]);
      return toUpload(ctx, row);
    },
    read: (id) => getUpload(ctx, id),
  });
}

async function toUpload(ctx: Ctx, row: UploadRow): Promise<Upload> {
  const put = row.status === "waiting" ? await presignPut(ctx, { key: row.key, contentType: row.contentType, bytes: row.bytes, seconds: PUT_SECONDS }) : null;
  return {
    object: "upload", id: row.id, status: row.status, put: put && { ...put, expiresAt: new Date(put.expiresAt).toISOString() },
    asset: row.asset, problem: row.problem, createdAt: new Date(row.createdAt).toISOString(),
  };
}

async function requireUpload(ctx: StudioCtx, id: string): Promise<UploadRow> {
  const row = await store.findUpload(ctx, id);
  if (!row) throw new AppError("upload.not_found", "There is no such upload in this studio. Announce the file again.");
  return row;
}

export const getUpload = async (ctx: StudioCtx, id: string): Promise<Upload> => toUpload(ctx, await requireUpload(ctx, id));

/**
 * Say that the file has arrived. It is copied to where nobody was ever given an address to write to, and the copy is what is checked and becomes an asset that
 * can be used as a take: what arrives at the upload's address later changes nothing of it. It is conformed by `ingest` when it is used, and only what ingest
 * made is ever served. Asking again is harmless, also at the same time: each has a copy of its own, and the first that is recorded is the asset's.
 */
export async function completeUpload(ctx: StudioCtx, id: string): Promise<Upload> {
  const row = await requireUpload(ctx, id);
  if (row.status !== "waiting") return settled(ctx, row);
  const asset = ctx.newId("asset");
  const key = `${copiesOf(row)}${asset}`;
  const arrived = await receive(ctx, row, key);
  if (arrived === "absent") return settled(ctx, await requireUpload(ctx, id));
  try {
    if ("code" in arrived) await commit(ctx, { type: "upload.refused", studio: ctx.studio, subject: id, data: { code: arrived.code } }, store.moveUpload(ctx, row, { status: "failed", problem: arrived }));
    else await commit(ctx, uploadCompleted(ctx.studio, id, { upload: id, asset }), [...store.moveUpload(ctx, row, { status: "ready", asset }), recordAssets(ctx, [{
      id: asset, studio: ctx.studio, project: row.project, kind: UPLOAD_KIND, node: null, take: null, role: "original", key, contentType: typeFound(row.contentType, arrived.facts.contentType), bytes: row.bytes, sha256: arrived.sha256,
      durationMs: arrived.facts.durationMs, width: arrived.facts.width, height: arrived.facts.height,
    }])]);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "resource.changed")) throw error;
  }
  return settled(ctx, await requireUpload(ctx, id));
}

/** The answer for an upload as it is. Once it is over nothing is kept of it but the asset: what was killed in between may have left more. */
async function settled(ctx: StudioCtx, row: UploadRow): Promise<Upload> {
  if (row.status === "waiting") throw new AppError("upload.incomplete", "The file has not arrived. PUT it to the address of the upload, then say complete again.");
  ctx.later(tidy(ctx, row).catch(() => undefined));
  if (row.problem) throw new AppError(row.problem.code, row.problem.detail);
  return toUpload(ctx, row);
}

async function tidy(ctx: StudioCtx, row: UploadRow): Promise<void> {
  const asset = row.asset === null ? null : await store.findAsset(ctx, row.asset);
  if (asset === undefined) return;
  const { objects } = await ctx.env.MEDIA.list({ prefix: copiesOf(row) });
  await ctx.env.MEDIA.delete([row.key, ...objects.map(({ key }) => key)].filter((key) => key !== asset?.key));
}

/** Where each completion of an upload puts its copy. */
export const copiesOf = ({ studio, id }: Pick<UploadRow, "studio" | "id">): string => `${UPLOAD_PREFIX}${studio}/${id}/`;

type Refusal = NonNullable<UploadRow["problem"]>;
type Arrived = { sha256: string; facts: ProbeFacts };

/** Copies what arrived, and checks the copy: the hash is of what was written. */
async function receive(ctx: Ctx, row: UploadRow, key: string): Promise<Arrived | Refusal | "absent"> {
  const head = await ctx.env.MEDIA.head(row.key);
  if (!head) return "absent";
  const wrongSize = (bytes: number): Refusal => ({ code: "upload.mismatch", detail: `The file has ${bytes} bytes, announced were ${row.bytes}. Upload it again.` });
  if (head.size !== row.bytes) return wrongSize(head.size);
  const object = await ctx.env.MEDIA.get(row.key);
  if (!object) return "absent";
  const copy = await storeStream(ctx, { key, body: object.body, contentType: "application/octet-stream", bytesMax: UPLOAD_BYTES_MAX });
  if (!copy.ok) throw new AppError("upload.incomplete", "The file could not be read to its end just now. Say complete again in a moment.");
  const { bytes, sha256 } = copy.object;
  if (bytes !== row.bytes) return wrongSize(bytes);
  if (row.sha256 !== null && sha256 !== row.sha256) {
    return { code: "upload.mismatch", detail: "The file's SHA-256 is not the announced one: it was damaged on the way. Upload it again." };
  }
  const facts = await probe(ctx, key, copy.held);
  if (!facts || !mayBe(row.contentType, facts)) {
    return { code: "upload.unsupported", detail: `${row.filename} was announced as ${row.contentType}, but it cannot be read as that. Export it again as MP4, WAV, PNG or JPEG.` };
  }
  return { sha256, facts };
}

export async function listUploads(ctx: StudioCtx) {
  const rows = await store.listUploads(ctx, ["waiting", "failed"]);
  return { data: await Promise.all(rows.map((row) => toUpload(ctx, row))), nextCursor: null };
}
