import { Secret } from "@sampan/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeAvPairs } from "./fields.ts";
import { computeResponse, passwordKey, wide } from "./keys.ts";
import { NtlmLogin } from "./ntlm-login.ts";
import { Rc4 } from "./rc4.ts";
import { SessionSecurity } from "./session-security.ts";

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ""), "hex");

/** MS-NLMP §4.2.1 and §4.2.4. */
const vector = {
  serverChallenge: hex("0123456789abcdef"),
  clientChallenge: hex("aaaaaaaaaaaaaaaa"),
  timestamp: Buffer.alloc(8),
  sessionKey: hex("55555555555555555555555555555555"),
  targetInfo: writeAvPairs([
    { id: 2, value: wide("Domain") },
    { id: 1, value: wide("Server") },
  ]),
};

/** A challenge as a server grants it. */
function challenge(flags = 0xe28a_8235, targetInfo: Buffer = vector.targetInfo): Buffer {
  const head = Buffer.alloc(56);
  head.write("NTLMSSP\0", "latin1");
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(flags, 20);
  vector.serverChallenge.copy(head, 24);
  head.writeUInt16LE(targetInfo.length, 40);
  head.writeUInt16LE(targetInfo.length, 42);
  head.writeUInt32LE(56, 44);
  return Buffer.concat([head, targetInfo]);
}

const login = () =>
  new NtlmLogin(
    { user: "User", domain: "Domain", password: new Secret("Password"), target: "HTTP/web-01" },
    { clientChallenge: vector.clientChallenge, sessionKey: vector.sessionKey, nowMs: 0 },
  );

describe("NTLM", () => {
  it("computes what the specification's example computes", async () => {
    const key = await passwordKey("Password", "User", "Domain");
    expect(key.toString("hex")).toBe("0c868a403bfd7a93a3001ef22ef02e3f");
    const response = computeResponse(key, vector);
    expect(response.ntResponse.subarray(0, 16).toString("hex")).toBe("68cd0ab851e51c96aabc927bebef6a1c");
    expect(response.lmResponse.toString("hex")).toBe("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
    expect(response.sessionBaseKey.toString("hex")).toBe("8de40ccadbc14a82f15cb0ad0de95ca3");
    const exchanged = new Rc4(response.sessionBaseKey).next(vector.sessionKey);
    expect(exchanged.toString("hex")).toBe("c5dad2544fc9799094ce1ce90bc9d03e");
  });

  it("puts names into upper case as Windows does", async () => {
    const key = (user: string) => passwordKey("Password", user, "");
    expect(await key("jürgen.groß")).toEqual(await key("JÜRGEN.GROß"));
    expect(await key("jürgen.groß")).not.toEqual(await key("JÜRGEN.GROSS"));
  });

  it("seals as the specification's example seals", () => {
    const { sealed, signature } = new SessionSecurity(vector.sessionKey).seal(wide("Plaintext"));
    expect(sealed.toString("hex")).toBe("54e50165bf1936dc996020c1811b0f06fb5f");
    expect(signature.toString("hex")).toBe("010000007fb38ec5c55d497600000000");
  });

  it("keeps RC4's stream over any cut of it", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 5, maxLength: 16 }),
        fc.array(fc.uint8Array({ maxLength: 40 })),
        (key, parts) => {
          const whole = new Rc4(key).next(Buffer.concat(parts));
          const cut = new Rc4(key);
          expect(Buffer.concat(parts.map((part) => cut.next(part)))).toEqual(whole);
        },
      ),
    );
    // RFC 6229, 40-bit key.
    expect(new Rc4(hex("0102030405")).next(Buffer.alloc(16)).toString("hex")).toBe(
      "b2396305f03dc027ccc3524a0a1118a8",
    );
  });

  it("answers a challenge without a time by both responses, and no integrity code", async () => {
    const { message } = await login().answer(challenge());
    expect(message.readUInt32LE(8)).toBe(3);
    const [length, offset] = [message.readUInt16LE(12), message.readUInt32LE(16)];
    expect(message.toString("hex", offset, offset + length)).toBe(
      "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa",
    );
    expect(message.subarray(72, 88)).toEqual(Buffer.alloc(16));
  });

  it("refuses a server that would not seal with 128-bit keys", async () => {
    for (const bit of [0x10, 0x20, 0x8_0000, 0x2000_0000, 0x4000_0000]) {
      await expect(login().answer(challenge((0xe28a_8235 & ~bit) >>> 0))).rejects.toMatchObject({
        code: "HOST_ENCRYPTION_REFUSED",
      });
    }
  });

  it("refuses what is no challenge, whatever the bytes", async () => {
    const sound = challenge();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 120 }),
      fc
        .tuple(fc.nat(sound.length - 1), fc.nat(255))
        .map(([at, value]) => Object.assign(Buffer.from(sound), { [at]: value })),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (message) => {
        const error = await login()
          .answer(Buffer.from(message))
          .then(
            () => undefined,
            (caught: unknown) => caught,
          );
        if (error !== undefined) {
          expect(error).toMatchObject({
            code: expect.stringMatching(/^HOST_(ANSWER_INVALID|ENCRYPTION_REFUSED)$/),
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it("notices an answer that was changed, or comes twice", () => {
    // A server seals with the keys of the other direction, which a client of swapped keys stands for in the contract test.
    const session = new SessionSecurity(vector.sessionKey);
    expect(() => session.unseal(Buffer.alloc(16), Buffer.from("anything"))).toThrow(/changed on its way/);
  });
});
