/** Where a film is played from: as a stream where it is packaged and the browser can, from its file otherwise, and from its file as soon as anything about the stream goes wrong. */

const HLS_TYPE = "application/vnd.apple.mpegurl";
/** A request for a part of the stream is given up after this, and tried twice more: then the file is nearer. */
const PART_MS_MAX = 8_000;
const RETRIES = 2;
/** A stream that was to be played and shows nothing for so long is no better than one that failed. */
const START_MS_MAX = 15_000;

export interface Sources {
  file: string;
  /** The manifest. */
  stream: string;
}

/** A stream that an element plays, and its file from the same moment on if the stream fails. Nothing is changed under a film that plays already. */
export class AttachedStream {
  /** Resolved once the element has a source to play from. */
  readonly ready: Promise<void>;
  readonly #video: HTMLVideoElement;
  readonly #sources: Sources;
  readonly #onchange: () => void;
  readonly #heard: Readonly<Record<string, () => void>>;
  #stopped = false;
  /** Whether it is to be played. An element whose stream failed says that it rests, whatever it was told to do. */
  #wanted = false;
  #started = false;
  #late: ReturnType<typeof setTimeout> | undefined;
  #letGo = () => {};

  /** `onchange` is called when the file has taken the stream's place. */
  constructor(video: HTMLVideoElement, sources: Sources, onchange: () => void) {
    this.#video = video;
    this.#sources = sources;
    this.#onchange = onchange;
    this.#heard = { play: () => this.#want(true), pause: () => this.#want(false), playing: () => this.#start(), error: () => this.#fallBack() };
    this.ready = this.#isAtRest() ? this.#attach() : Promise.resolve();
  }

  /** Lets go of the element. */
  stop(): void {
    this.#stopped = true;
    for (const [type, hear] of Object.entries(this.#heard)) this.#video.removeEventListener(type, hear);
    clearTimeout(this.#late);
    this.#letGo();
  }

  #isAtRest = (): boolean => this.#video.paused && this.#video.currentTime === 0;

  async #attach(): Promise<void> {
    for (const [type, hear] of Object.entries(this.#heard)) this.#video.addEventListener(type, hear);
    if (this.#video.canPlayType(HLS_TYPE) !== "") {
      this.#video.src = this.#sources.stream;
      return;
    }
    try {
      const { playByScript } = await import("./script-stream.ts");
      const isFree = !this.#stopped && this.#isAtRest();
      const letGo = isFree ? playByScript(this.#video, this.#sources.stream, { requestMsMax: PART_MS_MAX, retries: RETRIES, onfailed: () => this.#fallBack() }) : null;
      if (letGo) this.#letGo = letGo;
      else this.stop();
    } catch {
      // The script did not come: the element has its file.
      this.stop();
    }
  }

  #want(wanted: boolean): void {
    this.#wanted = wanted;
    clearTimeout(this.#late);
    if (wanted && !this.#started) this.#late = setTimeout(() => this.#fallBack(), START_MS_MAX);
  }

  #start(): void {
    this.#started = true;
    clearTimeout(this.#late);
  }

  #fallBack(): void {
    if (this.#stopped) return;
    const { currentTime } = this.#video;
    this.stop();
    this.#video.src = this.#sources.file;
    // Before the file's length is known this is where it begins.
    this.#video.currentTime = currentTime;
    if (this.#wanted) void this.#video.play().catch(() => {});
    this.#onchange();
  }
}
