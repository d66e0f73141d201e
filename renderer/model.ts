import type { z } from "zod";

/** A file that a model wrote into its temporary folder; the server publishes it and puts its URL here. */
export interface FileOutput {
  file: string;
}

/** What a prediction ends with: JSON, in which every file is a `FileOutput`. */
export type OutputValue = null | boolean | number | string | FileOutput | OutputValue[] | { [key: string]: OutputValue };

/** What a running prediction may use of the world. */
export interface RunContext {
  /** A temporary folder of this prediction alone. It is removed when the prediction ends, however it ends. */
  dir: string;
  /** Downloads an input (http or https, within the renderer's limits) into `dir` and says where it is. */
  fetchFile(url: string): Promise<string>;
  /** Adds a line to the prediction's logs. */
  log(line: string): void;
  /** Says how far the work is: 0-100, and what is being done now. */
  progress(percent: number, step: string): void;
  /** Aborted when the prediction is cancelled or its deadline has passed. */
  signal: AbortSignal;
}

/** One thing that the renderer can make, served as `dailies/<name>`. */
export interface Model<S extends z.ZodType = z.ZodType> {
  name: string;
  /** One sentence: what goes in and what comes out. */
  description: string;
  /** The input's schema: validated before the prediction is accepted, and published as JSON Schema. */
  input: S;
  /** Makes it. Throws `InputError` where the input is at fault; the message reaches the caller. */
  run(input: z.output<S>, ctx: RunContext): Promise<{ [key: string]: OutputValue }>;
}

/** Types a model by its input's schema. */
export function defineModel<S extends z.ZodType>(model: Model<S>): Model<S> {
  return model;
}

/** The input is at fault: a picture that is none, a video without frames, an address that may not be fetched. */
export class InputError extends Error {
  override name = "InputError";
}

/** The picture's size in pixels, by the film's aspect. */
export const SIZES = {
  "16:9": { width: 1280, height: 720 },
  "9:16": { width: 720, height: 1280 },
  "1:1": { width: 720, height: 720 },
} as const;
