import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerReader, type AnswerSink } from "./answer-reader.ts";

const mark = "sampan-mark";

/** Sinks that collect, for answers of these lengths; `undefined` for packed ones. */
function collecting(lengths: readonly (number | undefined)[]) {
  const got: { bytes: number[]; line: string | undefined }[] = [];
  const sinks: AnswerSink[] = lengths.map((length) => {
    const answer: { bytes: number[]; line: string | undefined } = { bytes: [], line: undefined };
    return {
      length,
      atMost: 1000,
      mark,
      take(offset, part) {
        expect(offset).toBe(answer.bytes.length);
        answer.bytes.push(...part);
      },
      end(line) {
        answer.line = line;
        got.push(answer);
      },
    };
  });
  let next = 0;
  return { got, reader: new AnswerReader(() => sinks[next++]) };
}

describe("the answers of a reader", () => {
  it("are the same however the bytes are cut on their way, also when they look like the line after them", () => {
    const answer = fc.record({
      bytes: fc.array(fc.constantFrom(10, 0, 115, 97, 255), { maxLength: 60 }),
      packed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 5 }), fc.array(fc.nat(7)), (answers, cuts) => {
        const { got, reader } = collecting(
          answers.map(({ bytes, packed }) => (packed ? undefined : bytes.length)),
        );
        const all = Buffer.concat(
          answers.flatMap(({ bytes }, index) => [
            Buffer.from(bytes),
            Buffer.from(`\n${mark} ${index} 0 said\n`),
          ]),
        );
        let at = 0;
        for (let turn = 0; at < all.length; turn++) {
          const size = (cuts[turn % Math.max(1, cuts.length)] ?? 6) + 1;
          expect(reader.push(all.subarray(at, at + size))).toBe(true);
          at += size;
        }
        expect(got).toEqual(answers.map(({ bytes }, index) => ({ bytes, line: `${mark} ${index} 0 said` })));
      }),
    );
  });

  it("are refused when nothing was asked, when they are too long, or when no line follows", () => {
    expect(collecting([]).reader.push(Buffer.from("x"))).toBe(false);
    expect(collecting([2]).reader.push(Buffer.from("abc"))).toBe(false);
    expect(collecting([0]).reader.push(Buffer.from(`\n${"x".repeat(5000)}`))).toBe(false);
    expect(collecting([undefined]).reader.push(Buffer.alloc(2000))).toBe(false);
  });
});
