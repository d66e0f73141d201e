import { listModels } from "#lib/api/models.ts";
import { toProblem, type ProblemError } from "#lib/api/problem.ts";
import type { Model } from "#lib/api/types.ts";

/** All models, asked for once by the first part of a page that shows one. Without them, models are called by their ids. */
class ModelList {
  all: Model[] = $state.raw([]);
  problem: ProblemError | null = $state(null);
  #asked: Promise<void> | null = null;
  readonly #byId = $derived(new Map(this.all.map((model) => [model.id, model])));

  load(): Promise<void> {
    return (this.#asked ??= this.#read());
  }

  async again(): Promise<void> {
    this.#asked = null;
    await this.load();
  }

  get(id: string): Model | null {
    return this.#byId.get(id) ?? null;
  }

  /** What people call it. */
  label(id: string): string {
    return this.get(id)?.label ?? id;
  }

  async #read(): Promise<void> {
    try {
      this.all = (await listModels(fetch)).data;
      this.problem = null;
    } catch (error) {
      this.#asked = null;
      this.problem = toProblem(error);
    }
  }
}

export const modelList = new ModelList();
