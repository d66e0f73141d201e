import { getScript, putScript, saveScriptVersion } from "#lib/api/projects.ts";
import type { SavedScript, Script } from "#lib/api/types.ts";
import { journalOf } from "./journal.ts";
import { Saving, type Shown } from "./saving.ts";

/** The saving of one project's script, as a page shows it. */
export class Autosave extends Saving {
  constructor({ user, project, script, onSaved }: { user: string; project: string; script: Script | null; onSaved: (saved: SavedScript) => void }) {
    const shown: Shown = $state({ state: "saved", savedAt: null, problem: null, theirs: null, isKeptHere: true });
    const server = {
      put: (body: Parameters<typeof putScript>[2]) => putScript(fetch, project, body),
      get: () => getScript(fetch, project),
      keep: (label: string) => saveScriptVersion(fetch, project, label),
    };
    super({ script, shown, server, journal: journalOf(user, project), onSaved });
  }
}
