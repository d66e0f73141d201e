import type { MusicMood } from "../film.ts";

/** Words that speak for a mood. Stems: a word counts that begins with one. */
const MOODS: [Exclude<MusicMood, "none">, string][] = [
  ["tense", "blood knife gun shotgun pistol scream chase run sprint explod bomb guard alarm threat panic crash bullet rifle storm fear terrif hunt escap hide trap danger kill attack ticks"],
  ["mystery", "dark shadow whisper secret signal strange vanish ghost locked cellar fog unknown riddle clue silent hidden moonlight key letter corridor flicker keyhole"],
  ["sad", "tear cry cries weep grave funeral lost goodbye alone lonely died death dead mourn grief empty leave farewell sorrow never"],
  ["hopeful", "dawn sunrise hope home return promise begin light smile open sky rise together remember ready forgive"],
  ["bright", "laugh joke dance party grin funny soup chaos birthday circus jump giggle silly cheer music song sing play friend"],
  ["warm", "tea coffee kettle fire mother father grandmother grandfather kiss hug hand bread kitchen blanket candle family snow love warm sister brother"],
  ["epic", "army battle sword kingdom mountain thunder hero war king queen ship ocean desert empire dragon planet station earth"],
  ["calm", "river lake garden slow quiet breath sleep still soft forest field sea wave leaf rest wind cloud"],
];

/** The mood that a script's words speak for most, relative to how common each mood's words are. Calm where nothing speaks. */
export function moodOf(text: string): Exclude<MusicMood, "none"> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}{3,}/gu)) counts.set(word, (counts.get(word) ?? 0) + 1);
  let best: Exclude<MusicMood, "none"> = "calm";
  let most = 0.8;
  for (const [mood, stems] of MOODS) {
    const list = stems.split(" ");
    let score = 0;
    for (const [word, times] of counts) {
      if (list.some((stem) => word.startsWith(stem) && word.length - stem.length <= 3)) score += 1 + Math.log(times);
    }
    if (score > most) {
      most = score;
      best = mood;
    }
  }
  return best;
}
