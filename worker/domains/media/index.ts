export { mediaGateway, mediaRoutes } from "./routes.ts";
export { assetsById, recordAsset, requireAsset } from "./service.ts";
export { PUBLIC_PREFIX } from "./gateway.ts";
export { probe, type ProbeFacts } from "./probe.ts";
export { contentTypes, isContentType, type ContentType, type MediaKind } from "./rules.ts";
export { signLink } from "./signing.ts";
export { peek, sniff } from "./sniffing.ts";
export { storeStream, type StoredObject, type StoreOutcome } from "./storing.ts";
export type { AssetRow } from "./tables.ts";
