/** Things that can be drawn, and the words by which a script names them. The first that matches is taken. */
const words = {
  phone: /\b(phone|smartphone|cell(phone)?|mobile|telephone)\b/,
  letter: /\b(letter|envelope|note|postcard|mail)\b/,
  paper: /\b(papers?|document|contract|script|file|page|newspaper|report|photo(graph)?|picture|polaroid)\b/,
  cup: /\b(cup|mug|coffee|tea|espresso)\b/,
  glass: /\b(glass|whisk(e)?y|wine|drink|martini|beer)\b/,
  gun: /\b(gun|pistol|revolver|rifle|weapon)\b/,
  knife: /\b(knife|dagger|blade|scalpel)\b/,
  sword: /\b(sword|katana|sabre)\b/,
  book: /\b(book|novel|diary|journal|notebook|bible|ledger)\b/,
  lamp: /\b(lamp|lantern|torch|flashlight)\b/,
  bag: /\b(bag|backpack|handbag|satchel|rucksack|purse)\b/,
  key: /\b(keys?|keycard)\b/,
  bottle: /\b(bottle|vial|flask|potion)\b/,
  laptop: /\b(laptop|computer|tablet)\b/,
  car: /\b(car|taxi|cab|sedan)\b/,
  bicycle: /\b(bicycle|bike)\b/,
  camera: /\b(camera|camcorder)\b/,
  umbrella: /\bumbrella\b/,
  flowers: /\b(flowers?|bouquet|roses?|tulips?)\b/,
  box: /\b(box|package|parcel|crate|gift|present)\b/,
  reel: /\b(reels?|film (can|roll|strip)|tape|projector)\b/,
  candle: /\bcandles?\b/,
  clock: /\b(clock|alarm)\b/,
  watch: /\b(watch|pocket watch|stopwatch|compass)\b/,
  suitcase: /\b(suitcase|briefcase|luggage|trunk)\b/,
  guitar: /\b(guitar|violin|cello|ukulele)\b/,
  map: /\b(map|chart|blueprint)\b/,
  ring: /\bring\b/,
  coin: /\b(coins?|medal)\b/,
  money: /\b(money|cash|banknotes?|bills)\b/,
  radio: /\b(radio|walkie-talkie|transmitter|cassette|recorder)\b/,
  apple: /\b(apple|fruit)\b/,
  bread: /\b(bread|loaf|cake|pie|sandwich|pizza)\b/,
  ball: /\b(ball|football|basketball)\b/,
  doll: /\b(teddy|doll|toy|bear)\b/,
  hammer: /\b(hammer|wrench|spanner|tools?|axe)\b/,
  microphone: /\b(microphone|mic)\b/,
  skull: /\bskull\b/,
  ticket: /\btickets?\b/,
  rope: /\b(rope|chain|cable)\b/,
} as const;

export type PropName = keyof typeof words;

export const propNames = Object.keys(words) as PropName[];

/** The things named in the texts, in order, each once. */
export function propsIn(texts: readonly string[]): PropName[] {
  const found: { name: PropName; order: number }[] = [];
  texts.forEach((text, index) => {
    for (const name of propNames) {
      const at = text.search(words[name]);
      if (at >= 0 && !found.some((f) => f.name === name)) found.push({ name, order: index * 10_000 + at });
    }
  });
  return found.sort((a, b) => a.order - b.order).map((f) => f.name);
}
