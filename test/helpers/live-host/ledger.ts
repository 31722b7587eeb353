import { type ExtPlace, guestFile } from "../guest-files.ts";
import type { SshAccess } from "./ssh-access.ts";

const folder = "/var/lib/ledger";

// Each entry is on the disk in the first book before it is written into the second: at any one moment the first has as many
// as the second, or one more. On a host that is frozen it waits, as everything does. It rests between entries: an emulated host
// has little power, which is wanted for the capture.
const writeScript = `
mkdir -p ${folder} && cd ${folder} && rm -f /run/ledger-stop
number=0
while [ ! -e /run/ledger-stop ]; do
  number=$((number + 1))
  entry=$(printf '%d %032x' "$number" $((number * 2654435761)))
  for book in first second; do
    echo "$entry" >> $book
    sync $book
  done
  sleep 0.1
done
rm -f /run/ledger-stop
`;

/** A program on a test bed that writes while its disk is read. */
export interface Ledger {
  /** Entries in the second book by now. */
  entries(): Promise<number>;
  /** Resolves once so many more entries were written. */
  more(count: number): Promise<void>;
  /** Ends the writing. */
  stop(): Promise<void>;
}

/** Starts the writer on a bed, and waits for its first entries. */
export async function startLedger(bed: SshAccess): Promise<Ledger> {
  await bed.say(`setsid sh -c '${writeScript.replaceAll("'", "'\\''")}' > /dev/null 2>&1 < /dev/null &`);
  const entries = async () => Number(await bed.say(`cat ${folder}/second 2> /dev/null | wc -l`));
  const more = async (count: number) => {
    const wanted = (await entries()) + count;
    // The bed is slow under emulation; a writer that stands still ends in the test's own timeout.
    while ((await entries()) < wanted) await bed.say("sleep 0.2");
  };
  await more(3);
  return {
    entries,
    more,
    async stop() {
      await bed.run("touch /run/ledger-stop; while [ -e /run/ledger-stop ]; do sleep 0.1; done");
    },
  };
}

/** How many entries the two books of a captured disk hold; throws when they are not of one moment. */
export async function readLedger(place: ExtPlace): Promise<number> {
  const books = await Promise.all(["first", "second"].map((book) => guestFile(place, `${folder}/${book}`)));
  const [first = 0, second = 0] = books.map((text) => countEntries(text));
  if (first !== second && first !== second + 1) {
    throw new Error(
      `the books are not of one moment: ${first} entries in the first, ${second} in the second`,
    );
  }
  return second;
}

function countEntries(text: string): number {
  const lines = text.split("\n").filter((line) => line !== "");
  for (const [index, line] of lines.entries()) {
    if (!new RegExp(`^${index + 1} [0-9a-f]{32}$`).test(line)) {
      throw new Error(`entry ${index + 1} of a book is torn: ${JSON.stringify(line.slice(0, 60))}`);
    }
  }
  return lines.length;
}
