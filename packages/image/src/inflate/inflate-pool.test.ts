import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { deflateRawSync, deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { borrowShared, returnShared } from "./buffer-shelf.ts";
import { type InflatePlace, InflatePool } from "./inflate-pool.ts";
import { sharedBytes } from "./shared-bytes.ts";

/** Lays streams behind each other, and room for what they hold. */
function layOut(streams: readonly Uint8Array[], rooms: readonly number[]) {
  const packed = sharedBytes(streams.reduce((sum, stream) => sum + stream.length, 1));
  const into = sharedBytes(rooms.reduce((sum, room) => sum + room, 0));
  const places: InflatePlace[] = [];
  let from = 0;
  let to = 0;
  for (const [index, stream] of streams.entries()) {
    const room = rooms[index] as number;
    packed.set(stream, from);
    places.push({ from, length: stream.length, to, room });
    from += stream.length;
    to += room;
  }
  return { packed, into, places };
}

describe("a pool of inflating workers", () => {
  const pool = new InflatePool();

  test.each([
    ["zlib", deflateSync],
    ["raw", deflateRawSync],
  ] as const)("gives what %s streams hold, each in its place", async (wrapping, pack) => {
    const texts = fc
      .sample(fc.uint8Array({ minLength: 1, maxLength: 5000 }), 100)
      .map((bytes) => [...bytes, ...bytes]);
    const units = [...texts.map((text) => Uint8Array.from(text)), Uint8Array.from(randomBytes(70_000))];
    const { packed, into, places } = layOut(
      units.map((unit) => pack(unit)),
      units.map((unit) => unit.length),
    );
    const inflated = await pool.inflate(packed, wrapping, into, places);
    expect(inflated).toEqual(units.map((unit) => unit.length));
    expect(Buffer.concat(units).equals(into)).toBe(true);
  });

  test("one bad stream harms no other, and its place is all that it may touch", async () => {
    const good = Buffer.from("good ".repeat(1000));
    const stream = deflateRawSync(good);
    const bomb = deflateRawSync(Buffer.alloc(1_000_000));
    const { packed, into, places } = layOut(
      [stream, bomb, Uint8Array.of(0xff, 0xff, 0xff), stream.subarray(0, 3), stream],
      [good.length, 5000, 5000, 5000, good.length],
    );
    const inflated = await pool.inflate(packed, "raw", into, places);
    expect(inflated[0]).toBe(good.length);
    expect(inflated[1]).toBe("ERR_BUFFER_TOO_LARGE");
    expect(inflated[2]).toBeTypeOf("string");
    expect(inflated[3]).toBeLessThan(good.length);
    expect(inflated[4]).toBe(good.length);
    expect(good.equals(into.subarray(0, good.length))).toBe(true);
    expect(good.equals(into.subarray(into.length - good.length))).toBe(true);
  });

  test("bytes behind the end of a stream do no harm, also when it fills its room", async () => {
    const unit = Buffer.from("unit ".repeat(800));
    const stream = Buffer.concat([deflateSync(unit), randomBytes(500)]);
    const { packed, into, places } = layOut([stream], [unit.length]);
    expect(await pool.inflate(packed, "zlib", into, places)).toEqual([unit.length]);
    expect(unit.equals(into)).toBe(true);
  });

  test("workers that have ended for want of work are replaced", async () => {
    const unit = Buffer.from("again ".repeat(500));
    const { packed, into, places } = layOut([deflateSync(unit)], [unit.length]);
    await pool.inflate(packed, "zlib", into, places);
    await sleep(2_500);
    into.fill(0);
    expect(await pool.inflate(packed, "zlib", into, places)).toEqual([unit.length]);
    expect(unit.equals(into)).toBe(true);
  });
});

test("memory that was given back is lent again, and large buffers are not kept", () => {
  const first = borrowShared(1000);
  expect(first).toHaveLength(1000);
  returnShared(first);
  const second = borrowShared(2_000_000);
  expect(second.buffer).toBe(first.buffer);
  expect(second).toHaveLength(2_000_000);
  const large = borrowShared(5_000_000);
  returnShared(large);
  expect(borrowShared(10).buffer).not.toBe(large.buffer);
});
