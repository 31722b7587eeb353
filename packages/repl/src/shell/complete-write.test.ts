import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { completeWrite } from "./complete-write.ts";

/** A stream that writes at once and is broken off before it can say so, as often as told. */
function brokenStream(written: string[], breaks: number): Writable {
  let left = breaks;
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      written.push(chunk);
      if (left-- > 0) throw new Error("broken off");
      done();
    },
  });
}

it("has a stream go on that was broken off after it wrote, with what came meanwhile", () => {
  const written: string[] = [];
  const stream = brokenStream(written, 1);
  expect(() => stream.write("a")).toThrow("broken off");
  stream.write("b");
  expect(written).toEqual(["a"]);
  completeWrite(stream);
  stream.write("c");
  expect(written).toEqual(["a", "b", "c"]);
});

it("does nothing to a stream that waits for nothing", () => {
  const written: string[] = [];
  const stream = brokenStream(written, 0);
  stream.write("a");
  completeWrite(stream);
  stream.write("b");
  expect(written).toEqual(["a", "b"]);
});
