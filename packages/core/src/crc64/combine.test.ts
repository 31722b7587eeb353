import { expect, it } from "vitest";
import { processorMs } from "../testing/index.ts";
import { combineCrc64 } from "./combine.ts";

/** CRC-64/XZ bit by bit, straight from its definition. */
function crc64(bytes: Uint8Array): bigint {
  const polynomial = 0xc96c5795d7870f42n;
  let register = 0xffff_ffff_ffff_ffffn;
  for (const byte of bytes) {
    register ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      register = register & 1n ? (register >> 1n) ^ polynomial : register >> 1n;
    }
  }
  return register ^ 0xffff_ffff_ffff_ffffn;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

it("is tested against a checksum that has the published values", () => {
  expect(crc64(bytesOf("123456789"))).toBe(11051210869376104954n);
  expect(crc64(bytesOf("hello"))).toBe(11177612005948864433n);
  expect(crc64(new Uint8Array(0))).toBe(0n);
});

it("gives the checksum of two pieces for every cut of a text", () => {
  const whole = bytesOf("123456789");
  for (let cut = 0; cut <= whole.length; cut++) {
    const [a, b] = [whole.subarray(0, cut), whole.subarray(cut)];
    expect(combineCrc64(crc64(a), crc64(b), b.length), `cut at ${cut}`).toBe(11051210869376104954n);
  }
});

it("joins many pieces of unequal length, one after the other", () => {
  const whole = Uint8Array.from({ length: 3000 }, (_, index) => (index * 131 + (index >> 3)) & 0xff);
  let sum = 0n;
  for (let offset = 0, length = 1; offset < whole.length; offset += length, length = (length * 7 + 3) % 401) {
    const piece = whole.subarray(offset, offset + length);
    sum = combineCrc64(sum, crc64(piece), piece.length);
  }
  expect(sum).toBe(crc64(whole));
});

it("reckons with lengths beyond 32 bits", () => {
  // The published value of 1 MiB of zeros, doubled up to 8 PiB in two ways that must agree.
  const mebibyte = 6947770692288575170n;
  let doubled = mebibyte;
  let length = 2 ** 20;
  for (; length < 2 ** 52; length *= 2) doubled = combineCrc64(doubled, doubled, length);
  const zeros = (bytes: number): bigint => {
    if (bytes === 2 ** 20) return mebibyte;
    const half = zeros(bytes / 2);
    return combineCrc64(half, half, bytes / 2);
  };
  expect(doubled).toBe(zeros(2 ** 52));
  const odd = combineCrc64(combineCrc64(doubled, crc64(bytesOf("x")), 1), mebibyte, 2 ** 20);
  const tail = combineCrc64(crc64(bytesOf("x")), mebibyte, 2 ** 20);
  expect(odd).toBe(combineCrc64(doubled, tail, 2 ** 20 + 1));
});

it("joins ten thousand parts of one size in well under a second", () => {
  const startedAt = processorMs();
  let sum = 0n;
  for (let part = 0; part < 10_000; part++) sum = combineCrc64(sum, BigInt(part), 8 * 2 ** 20);
  expect(sum).not.toBe(0n);
  expect(processorMs() - startedAt).toBeLessThan(1000);
});
