/** What text models answer, as a test lays it out: words, or a value as JSON, or a way in which they do not answer. */
import type { Json } from "./emulator.ts";

/** `refuse`: it will not; `stop`: it ran out of tokens in the middle. */
export type TextAnswer = { says: Json } | "refuse" | "stop";

/** The answers in their order; the last is given for good. */
export class TextScript {
  readonly answers: TextAnswer[] = [];
  /** Answers to requests that have these words in them, before all others. */
  readonly to = new Map<string, TextAnswer>();
  /** What is answered to a request, where no answers were laid out. */
  otherwise: ((body: string) => Json) | null = null;

  next(body = ""): TextAnswer {
    for (const [words, answer] of this.to) if (body.includes(words)) return answer;
    if (this.answers.length === 0 && this.otherwise) return { says: this.otherwise(body) };
    return (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) ?? { says: "Yes." };
  }
}

/** The words of an answer: a value stands as JSON. */
export const wordsIn = (answer: TextAnswer): string => {
  if (typeof answer !== "object") return "";
  return typeof answer.says === "string" ? answer.says : JSON.stringify(answer.says);
};

/** Tokens of a text, roughly. */
export const tokensIn = (text: string): number => Math.ceil(text.length / 4);
