import { execFileSync } from "node:child_process";
import { crc32 } from "node:zlib";
import { isSampanError, MiB } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unlzma } from "./unlzma.ts";
import { unxz } from "./unxz.ts";

/** Literals, matches near and far, repeated matches and a long run. */
const lines = Array.from(
  { length: 60 },
  (_, line) => `line ${line} of ${line * line}: the quick brown fox ${"=".repeat(line % 23)}\n`,
).join("");
const content = Buffer.from(`${lines}${"\0".repeat(600)}${lines.slice(0, 500)}`, "latin1");

/** That content as XZ Utils 5.4 packs it, with a CRC-64; and in the older form. */
const xz = Buffer.from(
  "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4A9QAaxdADYaSh8IoCYDTQcnghZYQW1hM8mUtxLudwo1oEzL6DvTVnqEmY2PKPwanPWx+eW+ucV88/JNuHgeEfXQpakrOQ2x3c5Q3uhagdf0J5BVnOyvYYnfPNt9l9O3TbJIvVZyBtL0ZPHmQ0LfLp8x8fnJynaGUAQ1e9o8w64nr4RpTuQgTf0rLp2TQdMUb9+tgPSWVbpJLrj+OVwyWpkgR/2+RrodiUhF1VIAwwQ8jecCnXtDH8cNrBcZA/GwQXCBXq9AiS/yCbwd1Y3Y9KgCsZg7qj5GTwFaj29Huy1u3nXtEkH+INMD0zEV1cnGATtZYS1IiRd3XCxCnzMY5d5TE0od67E+6p1skMMSbfxxwSKWTmtvt2QnXlFaNOQID53A6TdJCexYpVEBsYht6KiwZlpRJgYON6szarh9ecUIrWriBKYGJ+oMEQhqCPnjdv8z+/PYSPev4NRcBJkEBzo1XDaRVpep8ToYoJuWFD23f0E5y0VfiOY5chDTMfDrp0yHdkO9aMK6iAF16sqy0xKNbsfXTPe8CncWAQINGsibHLsv5Mo+eFhNHV/SoVDt6bYAABBAvmycugz0AAHIA9EeAABSYh7xscRn+wIAAAAABFla",
  "base64",
);
const lzma = Buffer.from(
  "XQAAgAD//////////wA2GkofCKAmA00HJ4IWWEFtYTPJlLcS7ncKNaBMy+g701Z6hJmNjyj8Gpz1sfnlvrnFfPPyTbh4HhH10KWpKzkNsd3OUN7oWoHX9CeQVZzsr2GJ3zzbfZfTt02ySL1WcgbS9GTx5kNC3y6fMfH5ycp2hlAENXvaPMOuJ6+EaU7kIE39Ky6dk0HTFG/frYD0llW6SS64/jlcMlqZIEf9vka6HYlIRdVSAMMEPI3nAp17Qx/HDawXGQPxsEFwgV6vQIkv8gm8HdWN2PSoArGYO6o+Rk8BWo9vR7stbt517RJB/iDTA9MxFdXJxgE7WWEtSIkXd1wsQp8zGOXeUxNKHeuxPuqdbJDDEm38ccEilk5rb7dkJ15RWjTkCA+dwOk3SQnsWKVRAbGIbeiosGZaUSYGDjerM2q4fXnFCK1q4gSmBifqDBEIagj543b/M/vz2Ej3r+DUXASZBAc6NVw2kVaXqfE6GKCblhQ9t39BOctFX4jmOXIQ0zHw66dMh3ZDvWjCuogBderKstMSjW7H10z3vAp3FgECDRrImxy7L+TKPnhYTR1f0qFQ8nRvpb/+jUfY",
  "base64",
);
const unpackers = [
  { name: "xz", packed: xz, unpack: unxz },
  { name: "LZMA", packed: lzma, unpack: unlzma },
] as const;

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    // Damaged data may unpack to more; no test needs it.
    if (length > 16 * MiB) break;
    parts.push(piece);
  }
  return Buffer.concat(parts);
}

function cut(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}

for (const { name, packed, unpack } of unpackers) {
  describe(`${name} data`, () => {
    it("unpacks to the same in whatever pieces it comes", async () => {
      for (const length of [1, 7, 100, packed.length])
        expect(content.equals(await joined(unpack(cut(packed, length))))).toBe(true);
    });

    it("cut anywhere is refused as truncated", async () => {
      for (let length = 0; length < packed.length - 6; length += 13) {
        await expect(joined(unpack([packed.subarray(0, length)]))).rejects.toMatchObject({
          code: "IMAGE_TRUNCATED",
        });
      }
    });

    it("with damaged bytes gives a value or a SampanError", async () => {
      const change = fc.tuple(fc.nat({ max: packed.length - 1 }), fc.nat({ max: 255 }));
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          const bytes = Uint8Array.from(packed);
          for (const [at, value] of changes) bytes[at] = value;
          await joined(unpack([bytes])).catch((error: unknown) => {
            if (!isSampanError(error) || error.code === "CORE_INTERNAL") throw error;
          });
        }),
        { numRuns: 300 },
      );
    });

    it("is no more read when its reader stops", async () => {
      let closed = false;
      async function* pieces() {
        try {
          yield* cut(packed, 200);
        } finally {
          closed = true;
        }
      }
      for await (const _ of unpack(pieces())) break;
      expect(closed).toBe(true);
    });
  });
}

describe("xz data", () => {
  it("that is changed anywhere never unpacks to something else", async () => {
    for (let at = 0; at < xz.length; at++) {
      const bytes = Uint8Array.from(xz);
      bytes[at] = (bytes[at] as number) ^ 0x10;
      await expect(joined(unxz([bytes])), `byte ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(/^IMAGE_(CORRUPT|TRUNCATED|FORMAT_UNSUPPORTED)$/),
      });
    }
  });

  it("may come in several streams with zeros between and behind them", async () => {
    const streams = Buffer.concat([xz, xz, Buffer.alloc(8), xz, Buffer.alloc(510)]);
    const unpacked = await joined(unxz([streams]));
    expect(unpacked.equals(Buffer.concat([content, content, content]))).toBe(true);
    await expect(joined(unxz([xz, Buffer.from("something behind it")]))).rejects.toMatchObject({
      code: "IMAGE_CORRUPT",
    });
  });

  it("with a dictionary beyond the limits is refused before it is allocated", async () => {
    const bytes = Buffer.from(xz);
    bytes[16] = 40;
    bytes.writeUInt32LE(crc32(bytes.subarray(12, 20)), 20);
    await expect(joined(unxz([bytes]))).rejects.toMatchObject({
      code: "IMAGE_FORMAT_UNSUPPORTED",
      details: { dictionaryBytes: 2 ** 32 - 1 },
    });
    await expect(joined(unlzma([lzma], { maximumDictionaryBytes: MiB }))).rejects.toMatchObject({
      code: "IMAGE_FORMAT_UNSUPPORTED",
    });
  });
});

const hasXz = (() => {
  try {
    execFileSync("xz", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasXz)("what xz writes", () => {
  const mixed = Buffer.alloc(MiB);
  for (let at = 0, value = 1; at < mixed.length; at++) {
    value = (Math.imul(value, 1_103_515_245) + 12_345) >>> 0;
    // Stretches that pack badly, and such that repeat with changes what lies far back.
    const changed = at % 300_000 < 90_000 || at % 7 === 0;
    mixed[at] = changed ? value >>> 20 : (mixed[at - 70_000] ?? 0);
  }

  for (const [args, unpack] of [
    [["--lzma2=dict=4KiB"], unxz],
    [["--lzma2=dict=1MiB,lc=3,lp=1,pb=4,mode=fast", "--check=crc32"], unxz],
    [["-9e", "-T2", "--block-size=500000"], unxz],
    [["--format=lzma", "--lzma1=dict=8KiB,lc=4,lp=0,pb=0"], unlzma],
    [["--format=lzma", "-6"], unlzma],
  ] as const) {
    it(`unpacks to what it was: ${args.join(" ")}`, async () => {
      const packed = execFileSync("xz", ["-q", "-c", ...args], { input: mixed, maxBuffer: 16 * MiB });
      expect(mixed.equals(await joined(unpack(cut(packed, 65_000))))).toBe(true);
    });
  }
});
