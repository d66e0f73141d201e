/** What was captured against the quote that bound us. Pure. */

export interface QuoteFacts {
  /** What the frozen quote says that all of it costs at most. */
  credits: number;
  /** What each job costs at most. */
  items: ReadonlyMap<string, number>;
  /** What the row of the quote says. */
  inRow: number | null;
}

export interface QuoteFault {
  kind: "total" | "item" | "unquoted" | "row";
  subject: string;
  entry: number | null;
  credits: number;
  words: string;
}

export function compareQuote(quote: string, { credits, items, inRow }: QuoteFacts, captures: readonly { item: string; credits: number; seq: number }[]): QuoteFault[] {
  const faults: QuoteFault[] = [];
  if (inRow !== null && inRow !== credits) faults.push({ kind: "row", subject: quote, entry: null, credits: Math.abs(inRow - credits), words: `The quote was frozen at ${credits} credits, and its row says ${inRow}.` });
  const total = captures.reduce((sum, capture) => sum + capture.credits, 0);
  if (total > credits) faults.push({ kind: "total", subject: quote, entry: captures.at(-1)?.seq ?? null, credits: total - credits, words: `The quote was at most ${credits} credits, and ${total} were captured.` });
  for (const { item, credits: captured, seq } of captures) {
    const most = items.get(item);
    if (most === undefined) faults.push({ kind: "unquoted", subject: item, entry: seq, credits: captured, words: `${captured} credits were captured for ${item}, which was not quoted.` });
    else if (captured > most) faults.push({ kind: "item", subject: item, entry: seq, credits: captured - most, words: `${item} was quoted at ${most} credits at most, and ${captured} were captured.` });
  }
  return faults;
}
