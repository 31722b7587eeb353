import fc from "fast-check";
import { XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { attribute, child, readAnswer, textOf } from "./answer.ts";
import { action, commandBody, writeEnvelope, xml } from "./envelope.ts";

const answer = (body: string, id = "uuid:1") =>
  `<s:Envelope xmlns:s="s"><s:Header><a:RelatesTo>${id}</a:RelatesTo></s:Header><s:Body>${body}</s:Body></s:Envelope>`;

describe("envelopes of WinRM", () => {
  it("hold any text as text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        fc.pre(!/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(text));
        const { text: envelope } = writeEnvelope({
          to: "http://h/wsman",
          action: action.command,
          shellId: text,
          timeoutSeconds: 20,
          body: commandBody(text, [text]),
        });
        expect(XMLValidator.validate(envelope)).toBe(true);
      }),
    );
    const hostile = `</rsp:Command>&"'<![CDATA[ ]]>`;
    const read = readAnswer(answer(xml`<x a="${hostile}">${hostile}</x>`.text), "uuid:1");
    const element = "body" in read ? child(read.body, "x") : undefined;
    expect([textOf(element), attribute(element, "a")]).toEqual([hostile, hostile]);
  });

  it("have no place for control characters", () => {
    expect(() => xml`<x>${"a\u0000b"}</x>`).toThrow(RangeError);
    expect(() => xml`<x>${"\ud800"}</x>`).toThrow(RangeError);
  });

  it("are refused as answers to another request, with a document type, or when they are no SOAP", () => {
    const wrong = [
      answer("", "uuid:2"),
      `<!DOCTYPE x []>${answer("")}`,
      "<html/>",
      "",
      "<a".repeat(50_000),
      "\u0000",
    ];
    for (const text of wrong) {
      expect(() => readAnswer(text, "uuid:1")).toThrow(
        expect.objectContaining({ code: "HOST_ANSWER_INVALID" }),
      );
    }
  });

  it("end in an answer, a fault or HOST_ANSWER_INVALID, whatever bytes they are", () => {
    const sound = answer('<rsp:Stream Name="stdout">aGk=</rsp:Stream>');
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.string({ maxLength: 6 }), fc.nat(20), (at, put, cut) => {
        const text = sound.slice(0, at) + put + sound.slice(at + cut);
        try {
          expect(readAnswer(text, "uuid:1")).toBeTypeOf("object");
        } catch (error) {
          expect(error).toMatchObject({ code: "HOST_ANSWER_INVALID" });
        }
      }),
    );
  });
});
