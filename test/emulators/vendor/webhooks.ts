/** Webhooks of an emulated vendor: kept until they are sent, in whatever weather. */

export interface Outgoing {
  /** Of the message: the same at every try. */
  id: string;
  job: string;
  url: string;
  body: string;
  attempts: number;
  /** When it is tried next; null: it was heard, or given up. */
  dueAt: number | null;
  /** Its own, beside that of the delivery. */
  weather?: Weather;
}

/** How deliveries go wrong. */
export interface Weather {
  /** Newest first. */
  shuffled?: boolean;
  /** Each so often, and `concurrent`: all at the same time. */
  times?: number;
  concurrent?: boolean;
  /** Lost for good. */
  dropped?: boolean;
  /** Seconds by which the time that is signed is wrong; negative: of the future. */
  staleSeconds?: number;
  /** Signed by a key that is not the vendor's. */
  forged?: boolean;
  /** Changed after it was signed. */
  tampered?: boolean;
  /** Without its vendor's headers. */
  unsigned?: boolean;
  /** Sent to an address that names another job. */
  misaddressed?: boolean;
  /** White space after what it says, which is signed with it. */
  paddedBytes?: number;
  /** Also those that wait for their next try. */
  early?: boolean;
}

export interface Delivered {
  id: string;
  job: string;
  /** The status that was answered; null when nothing was. */
  status: number | null;
}

export interface Sender {
  now(): number;
  /** Seconds until each next try. */
  backoff: readonly number[];
  carry: ((url: string, init: RequestInit) => Promise<unknown>) | null;
  /** Signs a message, at a time in seconds. */
  sign(message: { id: string; job: string; body: string; seconds: number; isForged: boolean }): Promise<Record<string, string>>;
}

/** A message as it travels. */
export async function signed({ now, sign }: Pick<Sender, "now" | "sign">, { id, job, body }: Pick<Outgoing, "id" | "job" | "body">, { staleSeconds = 0, forged = false, tampered = false, unsigned = false, paddedBytes = 0 }: Weather = {}): Promise<RequestInit> {
  const whole = body + " ".repeat(paddedBytes);
  const headers = unsigned ? {} : await sign({ id, job, body: whole, seconds: Math.floor(now() / 1_000) - staleSeconds, isForged: forged });
  return { method: "POST", redirect: "manual", headers: { "content-type": "application/json", ...headers }, body: tampered ? whole.replace("{", '{"tampered":true,') : whole };
}

/** Sends what is due, and plans again what was not answered by 2xx. */
export async function deliver(outbox: Outgoing[], sender: Sender, weather: Weather): Promise<Delivered[]> {
  const now = sender.now();
  const due = outbox.filter(({ dueAt }) => dueAt !== null && (weather.early === true || dueAt <= now));
  // Taken before anything is sent, so that two deliveries at once send nothing twice.
  for (const message of due) message.dueAt = null;
  if (weather.dropped === true) return [];
  const sent = (weather.shuffled === true ? due.toReversed() : due).flatMap((message) => Array.from({ length: weather.times ?? 1 }, () => message));
  const answers: Delivered[] = [];
  if (weather.concurrent === true) answers.push(...(await Promise.all(sent.map((message) => send(message, sender, weather)))));
  else for (const message of sent) answers.push(await send(message, sender, weather));
  for (const message of due) {
    const wait = sender.backoff[message.attempts];
    message.attempts += 1;
    const isHeard = answers.some(({ id, status }) => id === message.id && status !== null && status >= 200 && status < 300);
    message.dueAt = isHeard || wait === undefined ? null : now + wait * 1_000;
  }
  return answers;
}

async function send(message: Outgoing, sender: Sender, weather: Weather): Promise<Delivered> {
  const { id, job, url } = message;
  if (!sender.carry) return { id, job, status: null };
  const own = { ...weather, ...message.weather };
  const answer = await sender.carry(own.misaddressed === true ? url.replace(/([?&]job=)/, "$1of_another_") : url, await signed(sender, message, own)).catch(() => null);
  if (!(answer instanceof Response)) return { id, job, status: null };
  await answer.body?.cancel();
  return { id, job, status: answer.status };
}
