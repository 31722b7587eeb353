import { blockBytes, type HashModule, inputBytes, inputOffset, makeHashModule } from "./module.ts";

const lanes = 4;
const initialWords = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/** Bytes of one input that wait to be hashed. */
interface Job {
  readonly hash: SharedMd5;
  readonly pieces: readonly Uint8Array[];
  piece: number;
  /** Bytes of the current piece that are done. */
  done: number;
  readonly resolve: () => void;
}

/** An input in one of the module's places. */
interface Lane {
  job: Job;
  at: number;
  blocks: number;
}

/**
 * MD5 of one of several inputs that arrive at the same time: four of them are hashed for little more than the price
 * of one. What comes in one turn of the event loop is hashed together at its end.
 */
export class SharedMd5 {
  readonly words = Uint32Array.from(initialWords);
  /** The bytes behind the last whole block. */
  readonly tail = new Uint8Array(blockBytes);
  tailLength = 0;
  #length = 0;

  /** Adds bytes; they must not change until this resolves, and one call follows the other. */
  update(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) this.#length += piece.length;
    return new Promise((resolve) => {
      enqueue({ hash: this, pieces, piece: 0, done: 0, resolve });
    });
  }

  /** Ends it, at once. */
  digest(): Buffer {
    const padding = Buffer.alloc(blockBytes * 2);
    padding[0] = 0x80;
    const length = (this.tailLength < 56 ? 56 : 120) - this.tailLength;
    padding.writeBigUInt64LE(BigInt(this.#length) * 8n, length);
    const pieces = [padding.subarray(0, length + 8)];
    work([{ hash: this, pieces, piece: 0, done: 0, resolve: () => undefined }]);
    const md5 = Buffer.alloc(16);
    for (const [index, word] of this.words.entries()) md5.writeUInt32LE(word, index * 4);
    return md5;
  }
}

interface Loaded {
  readonly module: HashModule;
  readonly bytes: Uint8Array;
  readonly state: Uint32Array;
}

let loaded: Loaded | undefined;
let queue: Job[] = [];
let isScheduled = false;

function load(): Loaded {
  if (loaded) return loaded;
  const module = makeHashModule();
  const { buffer } = module.memory;
  loaded = {
    module,
    bytes: new Uint8Array(buffer),
    state: new Uint32Array(buffer, 0, 16),
  };
  return loaded;
}

function enqueue(job: Job): void {
  queue.push(job);
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    const jobs = queue;
    queue = [];
    isScheduled = false;
    work(jobs);
  });
}

/** Hashes all that is asked for, four inputs at a time. */
function work(jobs: readonly Job[]): void {
  const { module } = load();
  const waiting = [...jobs];
  const places: (Lane | undefined)[] = [undefined, undefined, undefined, undefined];
  for (;;) {
    for (let place = 0; place < lanes; place++) {
      places[place] = occupied(places[place], place, waiting);
    }
    const active = places.filter((lane) => lane !== undefined);
    if (active.length === 0) return;
    const count = Math.min(...active.map((lane) => lane.blocks));
    const at = (place: number) => places[place]?.at ?? inputOffset(place);
    module.blocks(at(0), at(1), at(2), at(3), count);
    for (const lane of active) {
      lane.at += count * blockBytes;
      lane.blocks -= count;
    }
  }
}

/** A place with blocks to hash: as it is, filled again, or given to the next job. `undefined` when none is left. */
function occupied(lane: Lane | undefined, place: number, waiting: Job[]): Lane | undefined {
  if (lane && lane.blocks > 0) return lane;
  const { bytes, state } = load();
  let job = lane?.job;
  for (;;) {
    if (!job) {
      job = waiting.shift();
      if (!job) return undefined;
      for (let word = 0; word < 4; word++) state[word * lanes + place] = job.hash.words[word] ?? 0;
    }
    const blocks = fill(job, inputOffset(place), bytes);
    if (blocks > 0) return { job, at: inputOffset(place), blocks };
    for (let word = 0; word < 4; word++) job.hash.words[word] = state[word * lanes + place] ?? 0;
    job.resolve();
    job = undefined;
  }
}

/** Copies as many whole blocks of a job as there is room for; what is left of the last block stays with the hash. */
function fill(job: Job, offset: number, bytes: Uint8Array): number {
  const { hash } = job;
  bytes.set(hash.tail.subarray(0, hash.tailLength), offset);
  let filled = hash.tailLength;
  while (filled < inputBytes && job.piece < job.pieces.length) {
    const piece = job.pieces[job.piece] ?? new Uint8Array();
    const part = piece.subarray(job.done, job.done + inputBytes - filled);
    bytes.set(part, offset + filled);
    filled += part.length;
    job.done += part.length;
    if (job.done === piece.length) {
      job.piece++;
      job.done = 0;
    }
  }
  const blocks = Math.floor(filled / blockBytes);
  hash.tailLength = filled - blocks * blockBytes;
  hash.tail.set(bytes.subarray(offset + blocks * blockBytes, offset + filled));
  return blocks;
}
