import type { TaskFile, TaskFileKind } from "#film/tasks/files.ts";
import type { Call, Provider } from "../providers/provider.ts";

/** A provider and the way to it. */
export type Reached = { provider: Provider; call: Call };

const BYTES_MAX: Record<TaskFileKind, number> = { video: 4_000_000_000, audio: 1_000_000_000, image: 100_000_000, model: 500_000_000, text: 10_000_000, data: 10_000_000 };

/** The largest that a file of an order may be. */
export const bytesMaxOf = ({ kinds }: TaskFile): number => Math.max(...kinds.map((kind) => BYTES_MAX[kind]));
