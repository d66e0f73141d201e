/** Voices that every account has, and the fields that each endpoint knows. */
export const voicesKnown: readonly (readonly [id: string, name: string])[] = [
  ["CwhRBWXzGAHq8TQ4Fs17", "Roger"], ["EXAVITQu4vr4xnSDxMaL", "Sarah"], ["FGY2WhTYpPnrIDTdsKH5", "Laura"], ["IKne3meq5aSn9XLyUdCD", "Charlie"], ["JBFqnCBsd6RMkjVDRZzb", "George"],
  ["N2lVS1w4EtoT3dr4eOWO", "Callum"], ["SAz9YHcvj6GT2YYXdXww", "River"], ["TX3LPaxmHKxFdv7VOQHJ", "Liam"], ["Xb7hH8MSUJpSbSDYk0k2", "Alice"], ["XrExE9yKIg1WjnnlVkGX", "Matilda"],
  ["bIHbv24MWmeRgasZH58o", "Will"], ["cgSgspJ2msm6clMCkdW9", "Jessica"], ["cjVigY5qzO86Huf0OWal", "Eric"], ["onwK4e9ZLuTAKqWW03F9", "Daniel"],
];

export const formats = /^(mp3_(22050_32|24000_48|44100_(32|64|96|128|192))|pcm_(8000|16000|22050|24000|32000|44100|48000)|(ulaw|alaw)_8000|opus_48000_(32|64|96|128|192)|auto)$/;

export const fieldsKnown = {
  speech: ["text", "model_id", "language_code", "voice_settings", "seed", "previous_text", "next_text", "previous_request_ids", "next_request_ids", "pronunciation_dictionary_locators", "apply_text_normalization", "use_pvc_as_ivc"],
  sound: ["text", "loop", "duration_seconds", "prompt_influence", "model_id"],
  music: ["prompt", "composition_plan", "music_length_ms", "model_id", "seed", "force_instrumental", "respect_sections_durations", "store_for_inpainting", "sign_with_c2pa"],
  isolation: ["audio", "file_format", "preview_b64"],
  transcription: ["model_id", "file", "language_code", "tag_audio_events", "num_speakers", "timestamps_granularity", "diarize", "additional_formats", "file_format", "cloud_storage_url", "source_url", "webhook", "webhook_id", "webhook_metadata", "temperature", "seed"],
  dubbing: ["file", "name", "source_url", "source_lang", "target_lang", "num_speakers", "watermark", "start_time", "end_time", "highest_resolution", "drop_background_audio", "mode", "dubbing_studio"],
} as const;
