import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Status = "starting" | "processing" | "succeeded" | "failed" | "canceled" | "aborted";

export const webhookEvents = ["start", "output", "logs", "completed"] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** What is at fault where something fails: what was asked for, an address that does not answer, or the renderer itself. */
export type Fault = "input" | "fetch" | "internal";

/** JSON as it travels. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Everything that the renderer knows about one prediction; kept in memory and on disk. */
export interface Prediction {
  id: string;
  model: string;
  version: string;
  input: { [key: string]: Json } | null;
  /** Hash of what the caller asked for: the same id with another body is a conflict. */
  askedHash: string;
  webhook: string | null;
  events: WebhookEvent[];
  status: Status;
  output: Json;
  error: string | null;
  /** Of what failed: what is at fault, or null where it is not known. */
  fault: Fault | null;
  logs: string;
  /** The unguessable folder of its files. */
  folder: string;
  createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
  /** When the caller wants it stopped, or null. */
  cancelAt: number | null;
  predictSeconds: number | null;
  /** Times that it was begun; a prediction that takes the renderer down with it is not begun for ever. */
  attempts: number;
  /** The completed webhook still has to be delivered. */
  webhookDue: boolean;
  dataRemoved: boolean;
}

export const isOver = (status: Status): boolean => status !== "starting" && status !== "processing";

/** A prediction that waits for its turn, with an unguessable folder for its files. */
export function newPrediction(asked: Pick<Prediction, "id" | "model" | "version" | "input" | "askedHash" | "webhook" | "events" | "cancelAt">): Prediction {
  return {
    ...asked,
    status: "starting",
    output: null,
    error: null,
    fault: null,
    logs: "",
    folder: randomBytes(20).toString("hex"),
    createdAt: Date.now(),
    startedAt: null,
    completedAt: null,
    predictSeconds: null,
    attempts: 0,
    webhookDue: false,
    dataRemoved: false,
  };
}

/** The predictions on disk, one JSON file each, written whole or not at all. */
export class Store {
  private readonly dir: string;
  private readonly byId = new Map<string, Prediction>();

  constructor(dataDir: string) {
    this.dir = join(dataDir, "predictions");
    mkdirSync(this.dir, { recursive: true });
    const read = readdirSync(this.dir).filter((name) => name.endsWith(".json")).map((name) => JSON.parse(readFileSync(join(this.dir, name), "utf8")) as Prediction);
    for (const prediction of read.sort((a, b) => a.createdAt - b.createdAt)) this.byId.set(prediction.id, prediction);
  }

  get(id: string): Prediction | undefined {
    return this.byId.get(id);
  }

  /** All of them, oldest first. */
  all(): Prediction[] {
    return [...this.byId.values()];
  }

  save(prediction: Prediction): void {
    this.byId.set(prediction.id, prediction);
    const path = this.path(prediction.id);
    writeFileSync(`${path}.new`, JSON.stringify(prediction));
    renameSync(`${path}.new`, path);
  }

  remove(id: string): void {
    this.byId.delete(id);
    rmSync(this.path(id), { force: true });
  }

  private path(id: string): string {
    return join(this.dir, `${id}.json`);
  }
}
