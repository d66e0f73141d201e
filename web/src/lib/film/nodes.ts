import type { FilmNode, Graph, Job, Run, Shot, Take } from "#lib/api/types.ts";

/** What a shot looks like to the eye: what there is of it, and what is happening to it. */
export type ShotState = "current" | "stale" | "missing" | "making" | "failed";

/** The graph by what people look for. */
export class Nodes {
  readonly byId: ReadonlyMap<string, FilmNode>;

  constructor(graph: Graph | null) {
    this.byId = new Map((graph?.nodes ?? []).map((node) => [node.id, node]));
  }

  get(id: string): FilmNode | null {
    return this.byId.get(id) ?? null;
  }

  /** The nodes of a shot's picture, from the drawing to the finest. */
  picturesOf(shot: string): FilmNode[] {
    return ["frame", "move", "clip"].flatMap((kind) => this.get(`${kind}:${shot}`) ?? []);
  }

  voicesOf(shot: Shot): FilmNode[] {
    return shot.lines.flatMap((line) => this.get(`voice:${line.id}`) ?? []);
  }
}

/** The asset of a take by the beginning of its content type, e.g. `image/`. */
export const assetOf = (take: Take | null | undefined, type: string): Take["assets"][number] | null => take?.assets.find(({ contentType }) => contentType.startsWith(type)) ?? null;

const FAILED: ReadonlySet<Job["status"]> = new Set(["failed", "refused", "expired"]);

/** The jobs of a run that failed, by node. */
export const failuresOf = (run: Run | null): Map<string, Job> => new Map((run?.jobs ?? []).filter(({ status }) => FAILED.has(status)).map((job) => [job.node, job]));

/** The state of a shot's frame: the picture that the board shows. */
export function shotState(input: { frame: FilmNode | null; failures: Map<string, Job> }): ShotState {
  const { frame, failures } = input;
  if (!frame) return "missing";
  if (frame.making) return "making";
  if (frame.state !== "current" && failures.has(frame.id)) return "failed";
  return frame.state;
}
