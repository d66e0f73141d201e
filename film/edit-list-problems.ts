import type { EditList, Film } from "./film.ts";

/** Something in an edit list that cannot be taken, with a JSON pointer to it, in words for the person who sent it. */
export interface EditListProblem {
  pointer: string;
  detail: string;
}

/** The gains that a level may have, in dB. */
export const LEVEL_RANGE = { least: -60, most: 12 } as const;

/** What is wrong with an edit list for a film; empty if it can be taken. Trims that turn out too long are told by the timeline, since lengths change. */
export function editListProblems(film: Film, list: EditList): EditListProblem[] {
  return [...entryProblems(film, list), ...levelProblems(list), ...offsetProblems(film, list)];
}

function entryProblems(film: Film, { entries }: EditList): EditListProblem[] {
  const known = new Set([...film.shots, ...film.titles, ...film.archived.shots].map(({ id }) => id));
  const seen = new Set<string>();
  return entries.flatMap(({ id, trimStart, trimEnd }, at) => {
    const problems: EditListProblem[] = [];
    if (!known.has(id)) problems.push({ pointer: `/entries/${at}/id`, detail: `The film has no shot or title card ${id}.` });
    if (seen.has(id)) problems.push({ pointer: `/entries/${at}/id`, detail: `${id} is in the list already.` });
    seen.add(id);
    for (const [name, frames] of Object.entries({ trimStart, trimEnd })) {
      if (!Number.isInteger(frames) || frames < 0) problems.push({ pointer: `/entries/${at}/${name}`, detail: "A trim is a whole number of frames, 0 or more." });
    }
    return problems;
  });
}

function levelProblems({ levels }: EditList): EditListProblem[] {
  const { least, most } = LEVEL_RANGE;
  const wrong = Object.entries(levels).filter(([, gain]) => !(gain >= least && gain <= most));
  return wrong.map(([name]) => ({ pointer: `/levels/${name}`, detail: `A level is between ${least} and +${most} dB.` }));
}

function offsetProblems(film: Film, { offsets }: EditList): EditListProblem[] {
  const known = new Set([...film.lines, ...film.archived.lines].map(({ id }) => id));
  return Object.entries(offsets).flatMap(([line, frames]) => {
    const pointer = `/offsets/${line.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!known.has(line)) return [{ pointer, detail: `The film has no line ${line}.` }];
    return Number.isInteger(frames) ? [] : [{ pointer, detail: "An offset is a whole number of frames." }];
  });
}
