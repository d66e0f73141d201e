import type { Me } from "#lib/api/types.ts";

/**
 * Who looks at a public page. Those pages are the same for everyone and come from the edge, so this is asked after they are painted;
 * nobody is signed in until then. What asks is fetched then, too.
 */
class Viewer {
  me: Me | null = $state(null);
  #asked: Promise<void> | null = null;

  /** Asks once for all public pages that are visited. */
  ask(): Promise<void> {
    this.#asked ??= this.#find();
    return this.#asked;
  }

  /** Whether they may edit a film. */
  async mayEdit(video: string): Promise<boolean> {
    await this.ask();
    if (!this.me) return false;
    const { mayEdit } = await import("./find-viewer.ts");
    return mayEdit(video).catch(() => false);
  }

  async #find(): Promise<void> {
    try {
      const { findViewer } = await import("./find-viewer.ts");
      this.me = await findViewer();
    } catch { /* the page stays as it is for everyone */ }
  }
}

export const viewer = new Viewer();
