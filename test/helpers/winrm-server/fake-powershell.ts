import type { Json, JsonObject } from "@sampan/core";

/** How a program of the fake host ended. */
export interface ProgramEnd {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** What the fake host knows: scripts by a text in them, and programs by name. */
export interface FakeWindows {
  /** The answer of the first whose `has` stands in the script; a thrown error is what the script throws. */
  readonly scripts?: readonly {
    readonly has: string;
    readonly answer: (parameters: JsonObject, script: string) => Json | Promise<Json>;
  }[];
  readonly programs?: Readonly<
    Record<
      string,
      (args: readonly string[], input: Buffer) => { exitCode: number; stdout?: string; stderr?: string }
    >
  >;
}

/** Runs the one line that a shell of Windows may be given, as PowerShell would: reads the script from its input, runs it by table. */
export async function fakePowershell(
  words: readonly string[],
  input: Buffer,
  fake: FakeWindows,
): Promise<ProgramEnd> {
  const end = (exitCode: number, stdout: string, stderr = ""): ProgramEnd => ({
    exitCode,
    stdout: Buffer.from(stdout, "latin1"),
    stderr: Buffer.from(stderr, "utf8"),
  });
  if (words[0]?.toLowerCase() !== "powershell.exe") return end(9009, "", `'${words[0]}' is not recognized`);
  const encoded = words[words.indexOf("-EncodedCommand") + 1] ?? "";
  const command = Buffer.from(encoded, "base64").toString("utf16le");
  // `$input` gives lines; the bootstrap takes the script from the first.
  if (!command.startsWith("$l=@($input)")) return end(1, "", clixml(`no such command: ${command}`));
  const lines = input.toString("latin1").split("\r\n").slice(0, -1);
  const script = Buffer.from(lines[0] ?? "", "base64").toString("utf8");
  const parameters = readValue(lines.slice(1).values()) as JsonObject;
  try {
    const value = await answerOf(script, parameters, fake);
    return end(0, `\r\nsampan-answer ${ascii({ ok: true, value })}\r\n`);
  } catch (error) {
    const answer = { ok: false, message: (error as Error).message, type: "System.Exception", line: 7 };
    return end(0, `\r\nsampan-answer ${ascii(answer)}\r\n`);
  }
}

async function answerOf(script: string, parameters: JsonObject, fake: FakeWindows): Promise<Json> {
  const known = fake.scripts?.find(({ has }) => script.includes(has));
  if (known !== undefined) return known.answer(parameters, script);
  if (!script.includes("Diagnostics.ProcessStartInfo"))
    throw new Error("the fake host does not know this script");
  const program = fake.programs?.[String(parameters.program)];
  if (program === undefined) return { missing: true, reason: "The system cannot find the file specified" };
  const {
    exitCode,
    stdout = "",
    stderr = "",
  } = program(splitLine(String(parameters.line)), Buffer.from(String(parameters.input), "base64"));
  if (stdout.length > Number(parameters.maxOutputBytes)) return { tooLong: true };
  return { exitCode, stdout: Buffer.from(stdout).toString("base64"), stderr };
}

/** What PowerShell writes to its error stream. */
export function clixml(message: string): string {
  const text = message.replace(/[<>&]/g, (one) => `&#${one.charCodeAt(0)};`);
  return `#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">${text}_x000D__x000A_</S><S S="progress">no</S></Objs>`;
}

const ascii = (value: Json) =>
  JSON.stringify(value).replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

function readValue(lines: Iterator<string>): Json {
  const line = lines.next().value ?? "n";
  const rest = line.slice(1);
  const text = () => Buffer.from(rest, "base64").toString("utf8");
  switch (line[0]) {
    case "s":
      return text();
    case "i":
    case "d":
      return Number(rest);
    case "t":
      return true;
    case "f":
      return false;
    case "a":
      return Array.from({ length: Number(rest) }, () => readValue(lines));
    case "o":
      return Object.fromEntries(
        Array.from({ length: Number(rest) }, () => [String(readValue(lines)), readValue(lines)]),
      );
    default:
      return null;
  }
}

/** The words of a line by the rules of Microsoft's C. */
function splitLine(line: string): string[] {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"\\]|\\+"?|"(?:[^"\\]|\\+"?)*")+)/gy;
  for (let found = pattern.exec(line); found !== null; found = pattern.exec(line)) {
    let word = "";
    let quoted = false;
    for (const [part] of (found[1] as string).matchAll(/\\*"|\\+|[^"\\]+/g)) {
      if (!part.endsWith('"')) word += part;
      else {
        const slashes = part.length - 1;
        word += "\\".repeat(slashes >> 1);
        if (slashes % 2 === 1) word += '"';
        else quoted = !quoted;
      }
    }
    if (!quoted) words.push(word);
  }
  return words;
}
