import { FRAME_RATE } from "#film/film.ts";
import { formatLength } from "#lib/format/format.ts";
import * as m from "#lib/paraglide/messages.js";
import type { PlayerAction } from "./keys.ts";

const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const SETTING = "dailies.player";
const SAID_MS = 900;
const READY_MS_MAX = 2_500;

/** What the viewer chose last, kept on this device. */
interface Settings {
  volume: number;
  muted: boolean;
  captions: boolean;
  rate: number;
}

function readSettings(): Partial<Settings> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(SETTING) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {};
  }
}

/** A film that plays: what the element does, as state, and everything that keys and buttons do to it. */
export class Playback {
  playing = $state(false);
  started = $state(false);
  waiting = $state(false);
  failed = $state(false);
  time = $state(0);
  total = $state(0);
  /** Parts of the film that are loaded, from 0 to 1. */
  loaded: { from: number; to: number }[] = $state([]);
  volume = $state(1);
  muted = $state(false);
  rate = $state(1);
  captions = $state(false);
  /** What was just done, for the moment that it is shown. */
  said = $state("");
  readonly #video: HTMLVideoElement;
  /** When the film has a source to be played from. Null once it has. */
  #ready: Promise<void> | null;
  #drawing = 0;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(video: HTMLVideoElement, seconds: number, ready: Promise<void> | null = null) {
    this.#video = video;
    this.#ready = ready;
    void ready?.finally(() => { this.#ready = null; });
    this.total = seconds;
    const { volume = 1, muted = false, captions = false, rate = 1 } = readSettings();
    video.volume = Math.min(1, Math.max(0, volume));
    video.muted = muted;
    // Another source begins at the default, so that is what was chosen.
    video.defaultPlaybackRate = RATES.includes(rate) ? rate : 1;
    video.playbackRate = video.defaultPlaybackRate;
    this.#setCaptions(captions ? "on" : "off");
    this.read();
  }

  /** Takes over what the element says of itself. */
  read(): void {
    const video = this.#video;
    this.playing = !video.paused && !video.ended;
    if (this.playing) this.started = true;
    this.time = video.currentTime;
    if (Number.isFinite(video.duration) && video.duration > 0) this.total = video.duration;
    this.volume = video.volume;
    this.muted = video.muted;
    this.rate = video.playbackRate;
    this.failed = video.error !== null;
    this.loaded = Array.from({ length: video.buffered.length }, (_, index) => ({ from: video.buffered.start(index) / this.total, to: video.buffered.end(index) / this.total }));
    if (this.playing && this.#drawing === 0) this.#draw();
  }

  /** Follows the film frame by frame while it plays, so that playhead and timecode do not stutter. */
  #draw(): void {
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0;
      this.time = this.#video.currentTime;
      if (!this.#video.paused) this.#draw();
    });
  }

  stop(): void {
    cancelAnimationFrame(this.#drawing);
    clearTimeout(this.#quiet);
  }

  toggle(): void {
    if (this.#video.paused || this.#video.ended) void this.#play();
    else this.#video.pause();
  }

  /** A stream that is just being attached is waited for, but not for long: then the film plays from its file. */
  async #play(): Promise<void> {
    if (this.#ready) await Promise.race([this.#ready, new Promise((late) => setTimeout(late, READY_MS_MAX))]);
    await this.#video.play().catch(() => this.read());
  }

  seek(seconds: number): void {
    this.#video.currentTime = Math.min(this.total, Math.max(0, seconds));
    this.time = this.#video.currentTime;
  }

  mute(): void {
    this.#video.muted = !this.#video.muted;
    this.#say(this.#video.muted ? m.player_muted() : this.#volumeText());
  }

  setVolume(volume: number): void {
    this.#video.volume = Math.min(1, Math.max(0, volume));
    this.#video.muted = this.#video.volume === 0;
  }

  setRate(rate: number): void {
    this.#video.defaultPlaybackRate = rate;
    this.#video.playbackRate = rate;
    this.#say(m.player_speed_now({ rate: String(rate) }));
  }

  toggleCaptions(): void {
    this.#setCaptions(this.captions ? "off" : "on");
    this.#say(this.captions ? m.player_captions_are_on() : m.player_captions_are_off());
    this.#keep();
  }

  #setCaptions(to: "on" | "off"): void {
    this.captions = to === "on";
    for (const track of this.#video.textTracks) track.mode = to === "on" ? "showing" : "disabled";
  }

  #stepRate(by: 1 | -1): void {
    const at = RATES.indexOf(this.#video.playbackRate);
    this.setRate(RATES[Math.min(RATES.length - 1, Math.max(0, (at === -1 ? RATES.indexOf(1) : at) + by))] ?? 1);
  }

  #volumeText = (): string => m.player_volume_now({ percent: String(Math.round(this.#video.volume * 100)) });

  /** Does what a key asked for; what concerns the page around the film is left to it. */
  act(action: PlayerAction): void {
    switch (action.do) {
      case "toggle": return this.toggle();
      case "mute": return this.mute();
      case "captions": return this.toggleCaptions();
      case "slower": return this.#stepRate(-1);
      case "faster": return this.#stepRate(1);
      case "nudge":
        this.seek(this.#video.currentTime + action.seconds);
        return this.#say(action.seconds > 0 ? m.player_forward({ seconds: String(action.seconds) }) : m.player_back({ seconds: String(-action.seconds) }));
      case "jump":
        this.seek(this.total * action.part);
        return this.#say(formatLength(this.time));
      case "frame": return this.#stepFrame(action.frames);
      case "volume":
        this.setVolume(this.#video.volume + action.by);
        return this.#say(this.#volumeText());
      case "full":
      case "theatre":
    }
  }

  #stepFrame(by: 1 | -1): void {
    if (!this.#video.paused) return;
    const frame = Math.max(0, Math.floor(this.#video.currentTime * FRAME_RATE + 0.01) + by);
    // The middle of a frame, so that rounding shows no neighbour.
    this.seek((frame + 0.5) / FRAME_RATE);
    this.#say(m.player_frame({ frame: String(frame) }));
  }

  #say(text: string): void {
    this.said = text;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => { this.said = ""; }, SAID_MS);
    this.#keep();
  }

  #keep(): void {
    const { volume, muted, playbackRate: rate } = this.#video;
    const settings: Settings = { volume, muted, rate, captions: this.captions };
    try {
      localStorage.setItem(SETTING, JSON.stringify(settings));
    } catch { /* a browser that keeps nothing forgets the volume */ }
  }
}
