/** Nouns by what they are in a film. Singular, lower case. */
const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Things that a prop department supplies. */
export const PROPS = set(`
suitcase ticket coin cup mug glass glasses bottle flask jar jug kettle teapot tea coffee pot pan ladle spoon fork knife plate bowl tray dish saucer napkin menu
book notebook diary journal letter envelope postcard note paper newspaper magazine map photograph photo picture painting canvas poster document file folder contract
passport card badge wallet purse handbag bag backpack rucksack briefcase case box crate chest basket bucket barrel sack parcel package gift present bouquet
flower rose key keyring lock padlock chain rope string cable wire ribbon thread needle pin button ring necklace bracelet locket brooch pendant jewel diamond pearl
crown sceptre medal trophy cup coin banknote money cash dollar cheque
phone telephone smartphone cellphone mobile walkie-talkie radio receiver microphone headphones headset laptop computer tablet monitor screen keyboard console
remote camera camcorder tripod projector reel film tape cassette record gramophone jukebox television tv antenna battery charger chip disk drive usb
lamp lantern torch flashlight candle candlestick match matchbox lighter cigarette cigar pipe ashtray firework flare bulb
gun pistol revolver rifle shotgun bullet grenade bomb detonator sword sabre dagger blade axe spear bow arrow shield whip club bat crowbar baton handcuffs taser
hammer wrench screwdriver saw drill nail screw shovel spade rake broom mop brush comb razor scissors tweezers toolbox ladder wheelbarrow
needle syringe pill stethoscope bandage scalpel thermometer crutch wheelchair stretcher cane walking-stick
pen pencil quill chalk crayon stamp seal typewriter ink blackboard ruler stapler clipboard
guitar violin piano cello flute trumpet drum accordion harmonica saxophone banjo trombone bell whistle baton bow
ball balloon kite doll puppet toy teddy marble dice chessboard chessman pawn skateboard bicycle bike scooter sled swing
apple orange banana lemon pear peach cherry grape bread loaf sandwich cake pie cookie biscuit egg cheese soup pizza burger candy lollipop chocolate popcorn ice-cream
wine beer whisky whiskey champagne vodka rum milk
umbrella parasol fan blanket pillow cushion towel quilt mirror clock watch alarm hourglass compass telescope binoculars magnifying-glass microscope sextant globe
rosary bible cross crucifix candlestick skull bone urn coffin wand crystal potion scroll amulet talisman tarot
cart trolley stroller pram wagon boat canoe oar paddle raft anchor net rod hook harpoon surfboard parachute
motorcycle motorbike truck sled sleigh coach carriage saddle bridle horseshoe leash collar cage cone
tent stove log firewood branch stick stone rock pebble shell feather leaf seed plant vase
chair stool doorbell machine recorder generator engine gear cog spring fuse switch lever slab brick plank sign banner flag placard drone
can test-tube beaker sample vial canister thermos lunchbox hourglass snowglobe music-box typewriter ledger telegram pamphlet leaflet receipt bill invoice
spyglass monocle horn megaphone rucksack matchstick kerchief rattle cradle rope bell`);

/** Nouns that are props only in the hand: much too often part of the set, or a matter of speech, to be taken wherever they stand. */
export const ONLY_HANDLED = set("bun can glass paper picture screen record film tape note present match bow bat club file case stone rock branch leaf log bone seed plant bell sign horn drive spring seal switch stick cross pin chair stool computer fan piano gear nail shell chest plank brick orange boat truck cup alarm flower string console monitor milk egg");

/** Garments and what is worn. */
export const GARMENTS = set(`
coat raincoat overcoat jacket blazer cardigan sweater jumper pullover hoodie shirt blouse t-shirt tee vest waistcoat dress gown robe bathrobe nightgown kimono
sari skirt trousers pants jeans shorts leggings overalls dungarees suit tuxedo uniform spacesuit flightsuit jumpsuit wetsuit armour armor habit cassock toga cloak cape
poncho shawl scarf tie bowtie belt sash apron gloves mittens glove hat cap beret beanie helmet bonnet hood turban headscarf veil tiara fedora bowler
boots shoes sandals slippers sneakers heels boot shoe slipper socks stockings tights pyjamas pajamas underwear swimsuit bikini trunks spectacles eyeglasses sunglasses goggles
mask costume wig sleeve-garters braces suspenders corset petticoat parka anorak windbreaker trenchcoat tracksuit leotard tutu sombrero kilt tunic fez monocle sweatshirt labcoat`);

/** What stands in front of a garment or prop and makes one thing with it. */
export const COMPOUNDS = set(`
bow flight space oil data kitchen teddy tea coffee wine beer candle answering dog cat jewel hand table desk floor fishing walking magnifying ice music alarm wrist pocket film video
photo rain down leather denim lab night bath baseball top trench polka sun motorcycle bicycle climbing walnut glass silver gold golden copper brass iron steel wooden tin paper plastic
cardboard rubber silk wool linen velvet cotton straw fur ember test fire room-service police school wedding birthday train plane boarding concert chess playing business credit key
sewing typewriter rocking wheel garden hair tooth paint shaving make-up life diving hockey tennis golf riding army navy pilot's film surgical oxygen gas soup`);

/** Colours as drawn, by name. */
export const COLOURS: Readonly<Record<string, string>> = {
  black: "#23232b", white: "#ece8df", grey: "#7d8288", gray: "#7d8288", silver: "#a9b0b8", red: "#b8322f", crimson: "#9c1f33", scarlet: "#c62a24", maroon: "#6d2230", pink: "#d9869f",
  rose: "#c9747f", orange: "#d27a2c", amber: "#d39a32", gold: "#c79a3b", golden: "#c79a3b", yellow: "#dab23a", mustard: "#b98d2a", brown: "#6b4a33", tan: "#a98258", beige: "#c9b592", khaki: "#8f8556",
  green: "#3f7d4f", emerald: "#1f7a55", olive: "#6a6b35", mint: "#8fc3a4", teal: "#2b7f83", turquoise: "#37a0a3", blue: "#35639f", navy: "#22335c", indigo: "#3b3a78", azure: "#4f8fc4", violet: "#6f4f97", purple: "#68407f",
  lilac: "#a48bbd", cream: "#e3d7ba", ivory: "#e6dfcf", denim: "#4a6285", leather: "#3b2c25",
};

/** Describing words that may stand between an article and a thing. */
export const ADJECTIVES = set(`
small big large tiny huge old new young worn torn battered broken cracked faded dusty dirty clean wet dry heavy light long short tall thin thick empty full half-empty half-finished cold hot warm
dark bright pale striped checked plaid patched knitted hooded oversized tattered elegant shabby simple fancy expensive cheap rusty sharp dull shiny gleaming sealed folded crumpled framed
loaded unopened silent severe matching single second third first last other same red-hot chipped stained glowing burning lit unlit ancient antique electric digital plain soft hard round square
flat wide narrow high low loose tight fresh rotten stale moving`);

/** Parts of bodies, which are held and opened like things. */
export const BODY = set(`
bun hand arm leg foot head face eye ear nose mouth lip tooth hair neck shoulder back chest finger thumb fist palm wrist elbow knee toe heart breath voice tear cheek chin forehead brow beard
skin body lap hip waist stomach tongue throat jaw tail paw wing beak fur claw whisker sleeve smile gaze look glance step laugh sigh nod shrug grin stare blood brain bone`);

/** What a hand cannot take: places, fittings, times and notions. */
export const NOT_THINGS = set(`
door window wall floor ceiling roof room house street road door gate corner table desk bed counter shelf curtain drawer stair staircase corridor hall hallway seat bench sofa couch sink cupboard
light lights sun moon star sky cloud rain snow wind fog storm sea water wave river sand mud dust smoke steam fire air sound silence noise music song word name story idea question answer
time moment minute second hour day night morning way side edge end beginning middle top bottom place thing nothing something everything anything life death world home seat step line row
attention control chance care part turn deep break job case lot bit pair piece kind number crowd group train car bus taxi plane ship ferry lift elevator tree forest field hill mountain
shadow reflection darkness past future love hate fear dream memory decision order call distance speed scene frame camera picture shot dance kiss bow breakfast lunch dinner meal logo
pavement pier rim lid spout animal animals socket helipad antenna dish screens horn deck bow cabin engine stage courage advantage hold lead charge rest other one two three few many all both each half`);

/** Words that are no nouns. */
export const SMALL_WORDS = set(`
a an the and or but nor so yet with without within into onto from for of off on in at by to up down out over under about across after against along among around as before behind below beneath beside
between beyond during except inside like near outside past since through till toward towards until upon via while he she it they we you i him her them us me his hers its their our your my mine who whom whose
is are was were be been being am has have had do does did will would can could may might must shall should which that this these those there here then than when where why how not no yes too very just only even still again almost always never now once soon away back apart together forward backward open shut`);

/** What may be followed by `of` and what it holds. */
export const CONTAINERS = set("cup mug glass bottle flask jar jug kettle pot plate bowl tray basket bucket barrel sack bag box crate chest pack packet tin can slab loaf slice bouquet stack pile deck bunch roll reel coil can canister vial plateful spoon");
