import type * as Threads from "node:worker_threads";
import type * as Zlib from "node:zlib";

/** What a worker is sent. All bytes lie in shared memory: nothing is copied on the way. */
export interface InflateOrder {
  readonly id: number;
  readonly wrapping: "zlib" | "raw";
  readonly packed: Uint8Array;
  readonly into: Uint8Array;
  /** Four numbers a unit: where it begins in `packed`, its length, where in `into` it goes, at most how many bytes. */
  readonly places: Float64Array;
}

/** What a worker answers. */
export interface InflateAnswer {
  readonly id: number;
  /** How many bytes each unit gave; -1 where it failed. */
  readonly lengths: Int32Array;
  /** Why units failed, in the order of the failures. */
  readonly failures: readonly string[];
}

/** The parts of Node's zlib binding that are used when they are as expected; see decision 0013. */
interface Handle {
  onerror: (message: string, number: number, code: string) => void;
  reset(): void;
  writeSync(
    flush: number,
    from: Uint8Array,
    fromOffset: number,
    fromLength: number,
    to: Uint8Array,
    toOffset: number,
    toLength: number,
  ): void;
}

/**
 * The whole program of an inflating worker. It is handed over as text, so it must refer to nothing outside itself; that way it
 * needs no file of its own and survives any bundler.
 *
 * Setting up zlib for each unit takes as long as a third of the inflating, so one inflater a worker is reset and used again. Node
 * offers that only on its internal handle: the handle is tried on a sample first, and where it does not do what is expected, each
 * unit is inflated by `inflateSync`, which gives the same bytes.
 */
export function inflateWorker(threads: typeof Threads, zlib: typeof Zlib): void {
  type Inflate = (order: InflateOrder, index: number) => number | string;
  const syncFlush = zlib.constants.Z_SYNC_FLUSH;

  const plain: Inflate = ({ packed, into, places, wrapping }, index) => {
    const [from = 0, length = 0, to = 0, room = 0] = places.subarray(index * 4);
    const inflate = wrapping === "zlib" ? zlib.inflateSync : zlib.inflateRawSync;
    try {
      const bytes = inflate(packed.subarray(from, from + length), {
        maxOutputLength: room,
        chunkSize: Math.max(64, room),
        finishFlush: syncFlush,
      });
      into.set(bytes, to);
      return bytes.length;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? "it is damaged";
    }
  };

  const reusing = (stream: Zlib.Inflate | Zlib.InflateRaw): Inflate | undefined => {
    const { _handle: handle, _writeState: state } = stream as unknown as {
      _handle?: Handle;
      _writeState?: Uint32Array;
    };
    if (typeof handle?.writeSync !== "function" || typeof handle.reset !== "function") return undefined;
    if (!(state instanceof Uint32Array)) return undefined;
    let failure: string | undefined;
    handle.onerror = (_message, _number, code) => {
      failure = code;
    };
    const spare = new Uint8Array(1);
    return ({ packed, into, places }, index) => {
      const [from = 0, length = 0, to = 0, room = 0] = places.subarray(index * 4);
      failure = undefined;
      handle.reset();
      handle.writeSync(syncFlush, packed, from, length, into, to, room);
      if (failure !== undefined) return failure;
      const [roomLeft = 0, packedLeft = 0] = state;
      if (roomLeft > 0) return room - roomLeft;
      // Full: one byte more and the unit holds too much.
      handle.writeSync(syncFlush, packed, from + length - packedLeft, packedLeft, spare, 0, 1);
      if (failure !== undefined) return failure;
      return state[0] === 0 ? "ERR_BUFFER_TOO_LARGE" : room;
    };
  };

  const proven = (wrapping: "zlib" | "raw"): Inflate => {
    try {
      const inflate = reusing(wrapping === "zlib" ? zlib.createInflate() : zlib.createInflateRaw());
      if (!inflate) return plain;
      const sample = Buffer.from("proof ".repeat(500));
      const packed = wrapping === "zlib" ? zlib.deflateSync(sample) : zlib.deflateRawSync(sample);
      const trial = (bytes: Uint8Array, room: number) => {
        const into = new Uint8Array(new SharedArrayBuffer(sample.length));
        const places = Float64Array.of(0, bytes.length, 0, room);
        return { got: inflate({ id: 0, wrapping, packed: bytes, into, places }, 0), into };
      };
      const damaged = Uint8Array.from(packed, (byte, index) => (index < 4 ? 0xff : byte));
      const works =
        trial(packed, sample.length - 1).got === "ERR_BUFFER_TOO_LARGE" &&
        typeof trial(damaged, sample.length).got === "string" &&
        trial(packed.subarray(0, 2), sample.length).got === 0;
      const { got, into } = trial(packed, sample.length);
      return works && got === sample.length && sample.equals(into) ? inflate : plain;
    } catch {
      return plain;
    }
  };

  const inflaters = { zlib: proven("zlib"), raw: proven("raw") };
  threads.parentPort?.on("message", (order: InflateOrder) => {
    const lengths = new Int32Array(order.places.length / 4);
    const failures: string[] = [];
    for (let index = 0; index < lengths.length; index++) {
      const got = inflaters[order.wrapping](order, index);
      if (typeof got === "string") failures.push(got);
      lengths[index] = typeof got === "string" ? -1 : got;
    }
    const answer: InflateAnswer = { id: order.id, lengths, failures };
    threads.parentPort?.postMessage(answer);
  });
}
