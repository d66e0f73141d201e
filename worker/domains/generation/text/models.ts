/** Models that write: how much each reads, what it costs, and how long it will be there. */
import { registry } from "#core/registry.ts";
import { accepts } from "../providers/cards.ts";
import type { Lifecycle, Model, Sunset } from "../tools/tool.ts";

export type TextProvider = "openai" | "anthropic" | "gemini" | "workers-ai";

/** A model for text. Prices are millionths of a dollar for a million tokens: 1,000,000 is a dollar. */
export interface TextModel {
  /** As settings and wishes name it. */
  id: string;
  /** For people. */
  label: string;
  provider: TextProvider;
  /** The provider's own name of it. */
  name: string;
  lifecycle: Lifecycle;
  sunset: Sunset | null;
  /** Tokens that it reads and writes together, and that it writes at most. */
  context: number;
  outputMax: number;
  /** Higher is better, 0 to 100. */
  quality: number;
  price: { version: string; source: string; input: number; output: number };
}

const model = (id: string, label: string, provider: TextProvider, name: string, more: Pick<TextModel, "context" | "outputMax" | "quality" | "price">): TextModel => ({ id, label, provider, name, lifecycle: "active", sunset: null, ...more });
const price = (source: string, input: number, output: number): TextModel["price"] => ({ version: "2026-11", source, input, output });

const all = {
  ossLarge: model("workers-ai/gpt-oss-120b", "GPT-OSS 120B", "workers-ai", "@cf/openai/gpt-oss-120b", { context: 128_000, outputMax: 16_000, quality: 62, price: price("developers.cloudflare.com Workers AI pricing", 350_000, 750_000) }),
  flashLite: model("gemini/flash-lite", "Gemini Flash-Lite", "gemini", "gemini-3.5-flash-lite", { context: 1_000_000, outputMax: 64_000, quality: 66, price: price("ai.google.dev pricing of the Flash-Lite line", 250_000, 1_500_000) }),
  flash: model("gemini/flash", "Gemini Flash", "gemini", "gemini-3.8-flash", { context: 1_000_000, outputMax: 64_000, quality: 80, price: price("ai.google.dev pricing of the Flash line", 1_500_000, 9_000_000) }),
  luna: model("openai/luna", "GPT-6 Luna", "openai", "gpt-6-luna", { context: 400_000, outputMax: 64_000, quality: 74, price: price("openai.com pricing of the Luna line", 1_000_000, 6_000_000) }),
  terra: model("openai/terra", "GPT-6.1 Terra", "openai", "gpt-6.1-terra", { context: 400_000, outputMax: 64_000, quality: 86, price: price("openai.com pricing of the Terra line", 2_500_000, 15_000_000) }),
  haiku: model("anthropic/haiku", "Claude Haiku 5.5", "anthropic", "claude-haiku-5-5", { context: 200_000, outputMax: 64_000, quality: 76, price: price("anthropic.com pricing of the Haiku line", 1_000_000, 5_000_000) }),
  sonnet: model("anthropic/sonnet", "Claude Sonnet 5.5", "anthropic", "claude-sonnet-5-5", { context: 1_000_000, outputMax: 64_000, quality: 90, price: price("anthropic.com pricing of the Sonnet line", 3_000_000, 15_000_000) }),
};

export const textModels = registry<TextModel>(all);

export interface Tokens {
  input: number;
  output: number;
}

/** What tokens cost at a model, in millionths of a dollar, rounded up. */
export const costOf = ({ price: { input, output } }: TextModel, tokens: Tokens): number => Math.ceil((tokens.input * input + tokens.output * output) / 1_000_000);

/** Tokens of a text before anybody counted them: three letters each, which is too many rather than too few. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 3);

/** What is sold of a model's writing: a part of a script read, or a message answered. */
interface Writing {
  tool: "break-down" | "chat";
  /** What one takes, as a rule. */
  tokens: Tokens;
  words: string;
  seconds: number;
  submitMs: number;
}

const reading: Writing = { tool: "break-down", tokens: { input: 12_000, output: 4_000 }, words: "A part of a script", seconds: 25, submitMs: 10 * 60_000 };
const answering: Writing = { tool: "chat", tokens: { input: 8_000, output: 700 }, words: "A message with a script of fifteen pages", seconds: 6, submitMs: 60_000 };
/** A message has one price, and is answered by models that cost no more: millionths of a dollar. */
const MESSAGE_MICROS_MAX = 16_000;

function soldAs(model: TextModel, { tool, tokens, words, seconds, submitMs }: Writing): Model {
  const micros = costOf(model, tokens);
  return {
    id: tool === "chat" ? `${model.id}-chat` : model.id, label: model.label, tool, provider: model.provider, name: model.name, version: null, lifecycle: model.lifecycle, sunset: model.sunset, quality: model.quality,
    speed: { seconds, perSecond: 0 }, timeoutMs: submitMs + 5 * 60_000, submitMs, accepts: accepts({ promptMax: model.context }),
    vendorPrice: { version: model.price.version, source: `${model.price.source}: ${tokens.input} tokens with an answer of ${tokens.output}`, unit: "each", micros, examples: [{ words, quantity: 1, micros }] },
  };
}

/** A provider's models as what reads scripts and answers messages. */
export const writersAt = (provider: TextProvider): Model[] =>
  [...textModels.values()].flatMap((model) => (model.provider === provider ? [soldAs(model, reading), ...(costOf(model, answering.tokens) <= MESSAGE_MICROS_MAX ? [soldAs(model, answering)] : [])] : []));

/** Our id of the text model that a model of the router writes with. */
export const textModelOf = (id: string): string => id.replace(/-chat$/, "");
