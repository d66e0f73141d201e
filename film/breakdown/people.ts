/** Words that say who somebody is. Lower case, singular. */
const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const WOMEN = set(`
woman girl lady mother mom mum mama grandmother grandma granny aunt sister daughter wife widow bride niece queen princess duchess countess empress baroness witch nun nurse waitress actress hostess
stewardess maid governess heroine goddess mrs ms miss madam madame mademoiselle doña señora señorita donna signora frau lady dame abuela tía madre hermana сестра мать женщина девушка бабушка королева`);
export const MEN = set(`
man boy gentleman father dad papa grandfather grandpa uncle brother son husband widower groom nephew king prince duke count emperor baron wizard monk priest waiter actor host steward butler
fisherman fireman policeman postman salesman cowboy sailor mr sir lord don señor signor herr father fray friar abuelo tío padre hermano капитан отец мужчина дед король брат guy bloke lad`);
export const CHILDREN = set("child kid boy girl baby toddler infant schoolboy schoolgirl pupil teen niño niña ребёнок мальчик девочка");
export const ANIMALS = set(`
dog puppy cat kitten mouse rat owl hedgehog fox wolf bear rabbit hare squirrel deer horse pony donkey cow goat sheep lamb pig hen rooster duck goose swan crow raven sparrow robin eagle
hawk parrot penguin seagull bird fish shark whale dolphin seal otter beaver badger mole bat frog toad snail turtle tortoise snake lizard dragon lion tiger elephant monkey ape gorilla giraffe zebra
kangaroo koala panda bee firefly butterfly ant spider beetle cricket ladybird ladybug moth camel llama hamster unicorn dinosaur octopus crab lobster`);
export const MACHINES = set("robot android computer machine droid drone bot ai automaton probe satellite terminal cyborg speaker assistant");

/** Roles without a sex, which name a person all the same. */
export const ROLES = set(`
guard soldier officer cop detective inspector captain commander colonel general lieutenant sergeant agent spy doctor surgeon scientist engineer teacher professor student driver pilot cook chef
baker butcher clerk cashier receptionist secretary boss manager colleague coworker partner friend neighbour neighbor stranger visitor guest customer client patient victim witness suspect prisoner
judge lawyer reporter journalist photographer director producer musician singer dancer violinist pianist painter artist writer poet author narrator announcer host presenter interviewer
farmer fisher hunter gardener mechanic worker builder miner thief burglar robber killer murderer pirate knight servant messenger traveller passenger pedestrian cyclist runner boxer player coach
crowd mob audience person people figure ghost monster creature alien vampire zombie angel demon villager townsperson tourist vendor trader merchant barista bartender barman concierge porter cleaner
janitor twin cousin elder leader chief mayor president minister ambassador astronaut cosmonaut technician operator projectionist usher conductor dispatcher hacker courier postwoman veteran survivor`);

/** Titles and describing words that are part of a name without naming anyone by themselves. */
export const TITLES = set(`
mr mrs ms miss dr doctor prof professor sir lady lord captain commander colonel general lieutenant sergeant officer detective inspector agent chef father mother sister brother uncle aunt grandmother
grandfather grandma grandpa king queen prince princess duke duchess count countess doña don señor señora fray saint st the a an old young little big tall short older younger first second third
another capitán капитан господин госпожа monsieur madame mademoiselle nurse judge president mayor reverend pastor rabbi ensign cadet private corporal major admiral sheriff deputy`);

/** Describing words that make another person of a name: `YOUNG MARTA` is not `MARTA`. */
export const OTHERS = set("young old older younger little teenage adult baby child future past evil fake other ghost dead elderly middle-aged another dream real");

const WOMENS_NAMES = set(`
ada adaeze agnes alice alma amelia amy ana andrea angela anna anne anya aria astrid audrey ava barbara beatrice bella beth brigid camila carmen caroline catherine cecilia chloe clara claire daisy diana
dora doris edith eleanor elena eliza elizabeth ella ellen elsa emily emma erin esther eva eve fatima fiona flora frances frida freya gloria grace greta hana hanna hannah harriet hazel helen helena ida
ines inés inga ingrid irene iris isabel isabella ivy jane jasmine jean jenny joan johanna josephine joy judith julia june karen kate katherine kim klara lara laura layla lea leila lena leonora
lily lina linda lisa lola louise lucia lucy luna lydia mabel mae magda maggie margaret maria marie marta martha mary maya mei mia mila mina mira miriam molly mona nadia nadja naomi natalia natasha
nell nina nora noor olga olivia ophelia paula pearl penelope petra phoebe pia polly priya rachel rebecca rita rosa rose rosie ruby ruth sadie sally samira sara sarah selma signe simone sofia sonia
sophia sophie stella sue susan sylvia tara tatiana teresa tess tina ursula valentina vera veronica victoria viola violet wanda wilma yasmin yuki zara zoe zofia älvdís mae roza светлана ольга анна мария`);
const MENS_NAMES = set(`
aaron abel adam adrian ahmed alan albert alejandro aleksei alex alexander alfred ali amir anders andrew andrei anton antonio arthur axel ben benjamin bernard bill bob boris brian bruno caleb carl carlos
charles charlie chris christian claude dan daniel david dev diego dmitri dominic ed edgar edward eli elias emil emilio enzo eric erik ernest ethan ezra felix fernando finn francis frank franz fred
frederick gabriel george gerald giovanni gregory gustav hank hans harold harry hassan hector henrik henry hiro hugo hugh ian ibrahim igor isaac ivan jack jacob jake james jamal jan jason javier jens
jim joe joel john jonah jonas jorge josé joseph josh juan jules julian jun karim karl kenji kevin kofi kurt lars leo leon leonard lewis liam lorenzo louis luca lucas luis luke magnus malik manuel marcel
marco marcus mario mark martin mateo matteo matthew max michael miguel mikhail milo mohammed morris murat nathan ned neil nicholas nick nikolai noah oleg oliver omar oscar oskar otto owen pablo patrick
paul pavel pedro pell peter philip pierre rafael raj ralph ramón ravi raymond rené ricardo richard rob robert roger roland roman ron rory rudolf ryan sam samir samuel santiago sasha saul sean sergei
sidney simon stan stefan stephen steve sven ted theo theodore thomas tim tobias tom tomas tomás tony trevor ulrich victor viktor vincent vlad volkov walter werner wilhelm will william yusuf zach борис иван волков`);

/** What given names say, or nothing. */
export function sexOfName(word: string): "woman" | "man" | null {
  if (WOMENS_NAMES.has(word)) return "woman";
  if (MENS_NAMES.has(word)) return "man";
  return null;
}

/** Any word that by itself names a person, animal or machine rather than a thing. */
export const isPersonWord = (word: string): boolean => WOMEN.has(word) || MEN.has(word) || CHILDREN.has(word) || ROLES.has(word) || ANIMALS.has(word) || MACHINES.has(word);
