/** The modules of a built worker, as Miniflare takes them: the one that starts stands first. */
export function modulesOf(folder: string): { rootPath: string; modulesRoot: string; modules: { type: "ESModule" | "CompiledWasm"; path: string }[] };
/** Gzip bytes of each module, and whether the worker starts with it or loads it when it is needed. */
export function sizesOf(folder: string): { name: string; bytes: number; startsWith: boolean }[];
