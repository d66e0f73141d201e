/** Where a film is played from: as a stream where it is packaged and the browser can, from its file otherwise, and from its file as soon as anything about the stream goes wrong. */

const HLS_TYPE = "application/vnd.apple.mpegurl";
/** A request for a part of the stream is given up after this, and tried twice more: then the file is nearer. */
const PART_MS_MAX = 8_000;
const RETRIES = 2;

export interface Sources {
  file: string;
  /** The manifest. */
  stream: string;
}

/** Resolved once the element has a source to play from; `stop` lets go of it. */
export interface Attached {
  ready: Promise<void>;
  stop(): void;
}

/** Has an element play a stream, and its file from the same moment on if the stream fails. `onchange` is called when that happened. Nothing is changed under a film that plays already. */
export function attachStream(video: HTMLVideoElement, { file, stream }: Sources, onchange: () => void): Attached {
  let letGo = () => {};
  let stopped = false;
  // An element whose stream failed says that it rests, whatever it was told to do.
  let wanted = false;
  const want = ({ type }: Event) => { wanted = type === "play"; };

  function fallBack() {
    if (stopped) return;
    const { currentTime } = video;
    stop();
    video.src = file;
    // Before the file's length is known this is where it begins.
    video.currentTime = currentTime;
    if (wanted) void video.play().catch(() => {});
    onchange();
  }
  function stop() {
    stopped = true;
    video.removeEventListener("error", fallBack);
    for (const type of ["play", "pause"]) video.removeEventListener(type, want);
    letGo();
  }

  async function attach() {
    if (!video.paused || video.currentTime > 0) return;
    video.addEventListener("error", fallBack);
    for (const type of ["play", "pause"]) video.addEventListener(type, want);
    if (video.canPlayType(HLS_TYPE) !== "") {
      video.src = stream;
      return;
    }
    try {
      const { playByScript } = await import("./script-stream.ts");
      if (stopped || !video.paused || video.currentTime > 0) return stop();
      const playing = playByScript(video, stream, { requestMsMax: PART_MS_MAX, retries: RETRIES, onfailed: fallBack });
      if (playing) letGo = playing;
      else stop();
    } catch {
      // The script did not come: the element has its file.
      stop();
    }
  }
  return { ready: attach(), stop };
}
