import { newIdempotencyKey, type Fetch } from "#lib/api/client.ts";
import { createProject, putScript, updateProject } from "#lib/api/projects.ts";
import type { NewProject, ScriptFormat } from "#lib/api/types.ts";

/**
 * One project that begins, with its script if there is one. After a failure only what failed is done again: a project that was made
 * stays the one, and takes on what was changed since, so that none is left empty.
 */
export class Beginning {
  readonly #fetch: Fetch;
  #key = newIdempotencyKey();
  /** What the key was last sent with, or what the project was last told to be. */
  #sent: string | null = null;
  #project: string | null = null;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** Answers the project's id. */
  async begin(wanted: NewProject, script: { text: string; format: ScriptFormat } | null): Promise<string> {
    const project = await this.#ask(wanted);
    if (script) await putScript(this.#fetch, project, { text: script.text, format: script.format });
    return project;
  }

  async #ask(wanted: NewProject): Promise<string> {
    const input = JSON.stringify(wanted);
    if (this.#project !== null) {
      if (input !== this.#sent) await updateProject(this.#fetch, this.#project, wanted);
      this.#sent = input;
      return this.#project;
    }
    // A key stands for one input; another one under it is refused.
    if (this.#sent !== null && input !== this.#sent) this.#key = newIdempotencyKey();
    this.#sent = input;
    const { id } = await createProject(this.#fetch, wanted, this.#key);
    this.#project = id;
    return id;
  }
}
