/*
 * MD5 of four inputs at once, as WebAssembly. A 128-bit vector holds one word of all four: the steps of MD5 wait for one
 * another, so that four cost hardly more than one. The module is put together here, from RFC 1321, when it is first
 * needed: there is no compiler for it in this repository, and nothing else to trust.
 */

/** Bytes of one block of MD5. */
export const blockBytes = 64;
/** Bytes an input can hold at once, and where the first of the four lies; before it lies the state. */
export const inputBytes = 64 * 1024;
const inputsAt = 64;
const inputs = 4;

/** Where input `lane` (0 to 3) begins in the module's memory. */
export function inputOffset(lane: number): number {
  return inputsAt + lane * inputBytes;
}

/** The module, ready to use. */
export interface HashModule {
  readonly memory: { readonly buffer: ArrayBuffer };
  /**
   * Takes `count` blocks at each of four offsets into the state, whose word `w` of input `lane` lies at byte
   * `(4 * w + lane) * 4`.
   */
  readonly blocks: (at0: number, at1: number, at2: number, at3: number, count: number) => void;
}

/** Compiles the module. Milliseconds; the result is for one thread. */
export function makeHashModule(): HashModule {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  return instance.exports as unknown as HashModule;
}

/** The part of the runtime's WebAssembly that is used: its declarations come with a browser's, which are not loaded. */
interface Runtime {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Runtime };

const shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** Which word of the block step `i` takes. */
const wordOf = [(i: number) => i, (i: number) => 5 * i + 1, (i: number) => 3 * i + 5, (i: number) => 7 * i];

// Numbers of the locals: five parameters, then vectors.
const count = 4;
const state = [5, 6, 7, 8] as const;
const before = [9, 10, 11, 12] as const;
const words = Array.from({ length: 16 }, (_, index) => 13 + index);
const rows = [29, 30, 31, 32] as const;
const sum = 33;
const vectorLocals = sum + 1 - state[0];

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, ...signed(value)];
const vector = (opcode: number) => [0xfd, ...unsigned(opcode)];
const load = (offset: number) => [...vector(0), 0, ...unsigned(offset)];
const store = (offset: number) => [...vector(11), 0, ...unsigned(offset)];
const add = vector(0xae);
const shiftLeft = vector(0xab);
const shiftRight = vector(0xad);
const and = { not: vector(0x4d), or: vector(0x50), xor: vector(0x51), select: vector(0x52) };

/** Chooses four 32-bit lanes out of two vectors: 0 to 3 of the first, 4 to 7 of the second. */
const shuffle = (...lanes: readonly number[]) => [
  ...vector(13),
  ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
];

function body(): number[] {
  const code: number[] = [];
  const emit = (...parts: readonly (readonly number[])[]) => {
    for (const part of parts) code.push(...part);
  };
  for (const [index, local] of state.entries()) emit(constant(index * 16), load(0), set(local));
  // block; loop
  emit([0x02, 0x40, 0x03, 0x40]);
  // until count is 0
  emit(get(count), [0x45, 0x0d, 1]);
  loadWords(emit);
  for (const [index, local] of state.entries()) emit(get(local), set(before[index] ?? 0));
  let names: readonly number[] = state;
  for (let step = 0; step < 64; step++) {
    const [a = 0, b = 0, c = 0, d = 0] = names;
    emitStep(emit, step, a, b, c, d);
    names = [d, a, b, c];
  }
  for (const [index, local] of state.entries()) emit(get(local), get(before[index] ?? 0), add, set(local));
  for (let lane = 0; lane < inputs; lane++) emit(get(lane), constant(blockBytes), [0x6a], set(lane));
  emit(get(count), constant(1), [0x6b], set(count));
  // continue; end of loop and block
  emit([0x0c, 0], [0x0b, 0x0b]);
  for (const [index, local] of state.entries()) emit(constant(index * 16), get(local), store(0));
  emit([0x0b]);
  return code;
}

type Emit = (...parts: readonly (readonly number[])[]) => void;

/** Loads 16 bytes of each input at a time and turns the square of words, so that one vector is one word of all four. */
function loadWords(emit: Emit): void {
  for (let group = 0; group < 4; group++) {
    for (const [lane, row] of rows.entries()) emit(get(lane), load(group * 16), set(row));
    const word = (index: number) => words[group * 4 + index] ?? 0;
    const [r0, r1, r2, r3] = rows;
    const low = [0, 4, 1, 5];
    const high = [2, 6, 3, 7];
    // Two of the words serve to hold the halves meanwhile.
    emit(get(r0), get(r1), shuffle(...low), set(word(0)), get(r2), get(r3), shuffle(...low), set(word(1)));
    emit(get(r0), get(r1), shuffle(...high), set(word(2)), get(r2), get(r3), shuffle(...high), set(word(3)));
    emit(get(word(0)), get(word(1)), shuffle(0, 1, 4, 5), get(word(0)), get(word(1)), shuffle(2, 3, 6, 7));
    emit(set(word(1)), set(word(0)));
    emit(get(word(2)), get(word(3)), shuffle(0, 1, 4, 5), get(word(2)), get(word(3)), shuffle(2, 3, 6, 7));
    emit(set(word(3)), set(word(2)));
  }
}

/** One step: a = b + ((a + f(b, c, d) + constant + word) rotated left). */
function emitStep(emit: Emit, step: number, a: number, b: number, c: number, d: number): void {
  const round = step >> 4;
  const word = words[(wordOf[round]?.(step) ?? 0) % 16] ?? 0;
  const shift = shifts[round]?.[step % 4] ?? 0;
  const sine = Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32);
  const four = [0, 8, 16, 24].map((bits) => (sine >>> bits) & 255);
  emit(get(a), get(word), add, vector(12), [...four, ...four, ...four, ...four], add);
  if (round === 0) emit(get(c), get(d), get(b), and.select);
  else if (round === 1) emit(get(b), get(c), get(d), and.select);
  else if (round === 2) emit(get(c), get(d), and.xor, get(b), and.xor);
  else emit(get(d), and.not, get(b), and.or, get(c), and.xor);
  emit(add, set(sum));
  emit(get(sum), constant(shift), shiftLeft, get(sum), constant(32 - shift), shiftRight, and.or);
  emit(get(b), add, set(a));
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const code = [1, ...unsigned(vectorLocals), 0x7b, ...body()];
  const pages = Math.ceil((inputsAt + inputs * inputBytes) / 65_536);
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("blocks"), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}

/** A number as WebAssembly writes it: seven bits a byte, lowest first. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest > 0x7f ? 0x80 : 0;
    bytes.push((rest & 0x7f) | more);
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}
