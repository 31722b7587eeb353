/** What a file of settings says, without anything of it having been run. */
export type LiteralFile =
  | {
      readonly kind: "literal";
      readonly value: unknown;
      /** Lines, from 1, by path: `region`, `rules.SMP107`. */
      readonly lines: ReadonlyMap<string, number>;
    }
  /** It has to be run to know its value: where that begins. */
  | { readonly kind: "computed"; readonly line: number };

const deepest = 8;

/**
 * Reads settings written as plain data: JSON with comments, or a module of nothing but imports and an `export default` of a literal, bare
 * or in `defineConfig(…)`. Whatever else stands there makes it a computed file. Runs nothing; never throws.
 */
export function readLiteral(text: string): LiteralFile {
  const reader = new LiteralReader(text);
  try {
    return { kind: "literal", value: reader.file(), lines: reader.lines };
  } catch (error) {
    if (!(error instanceof Computed)) throw error;
    return { kind: "computed", line: reader.line() };
  }
}

class Computed extends Error {}

const blank = /(?:\s|\uFEFF|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const word = /[A-Za-z_$][\w$]*/y;
const number = /-?(?:0|[1-9]\d{0,15})(?:\.\d{1,16})?(?:[eE][+-]?\d{1,3})?/y;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`\\$]*`/y;
const importing = /import\s(?:[^"'`;()]*?\sfrom\s*)?(?:"[^"\n]*"|'[^'\n]*')\s*;?/y;

class LiteralReader {
  readonly lines = new Map<string, number>();
  readonly #text: string;
  #at = 0;
  #line = 1;
  // Up to where lines were counted: a file of many keys is not counted from its top for each.
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line that is being read. */
  line(): number {
    for (; this.#counted < this.#at; this.#counted++) {
      if (this.#text[this.#counted] === "\n") this.#line += 1;
    }
    return this.#line;
  }

  file(): unknown {
    this.#skip();
    while (this.#take(importing) !== undefined) this.#skip();
    if (this.#isAt("export")) {
      this.#word("export");
      this.#word("default");
    }
    const value = this.#wrapped();
    if (this.#isAt(";")) this.#mark(";");
    if (this.#at < this.#text.length) throw new Computed();
    return value;
  }

  #wrapped(): unknown {
    const isWrapped = this.#isAt("defineConfig");
    if (isWrapped) {
      this.#word("defineConfig");
      this.#mark("(");
    }
    const value = this.#value([]);
    if (this.#isAt("as")) {
      this.#word("as");
      this.#word("const");
    }
    if (this.#isAt("satisfies")) {
      this.#word("satisfies");
      this.#word();
    }
    if (isWrapped) {
      if (this.#isAt(",")) this.#mark(",");
      this.#mark(")");
    }
    return value;
  }

  #value(path: readonly string[]): unknown {
    if (path.length > deepest) throw new Computed();
    if (this.#isAt("{")) return this.#object(path);
    if (this.#isAt("[")) return this.#array(path);
    const text = this.#take(quoted);
    if (text !== undefined) return this.#after(unquoted(text));
    const digits = this.#take(number);
    if (digits !== undefined) return this.#after(Number(digits));
    for (const [name, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (!this.#isAt(name)) continue;
      this.#word(name);
      return value;
    }
    throw new Computed();
  }

  #object(path: readonly string[]): unknown {
    // Without a prototype: a key named after one of its members is a key like any other.
    const object: Record<string, unknown> = Object.create(null);
    this.#mark("{");
    while (!this.#isAt("}")) {
      const line = this.line();
      const text = this.#take(quoted);
      const key = text === undefined ? this.#word() : this.#after(unquoted(text));
      this.#mark(":");
      const place = [...path, key];
      this.lines.set(place.join("."), line);
      object[key] = this.#value(place);
      if (!this.#isAt("}")) this.#mark(",");
    }
    this.#mark("}");
    return object;
  }

  #array(path: readonly string[]): unknown {
    const list: unknown[] = [];
    this.#mark("[");
    while (!this.#isAt("]")) {
      list.push(this.#value([...path, String(list.length)]));
      if (!this.#isAt("]")) this.#mark(",");
    }
    this.#mark("]");
    return list;
  }

  #isAt(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    return !/^\w/.test(text) || !/[\w$]/.test(this.#text[this.#at + text.length] ?? "");
  }

  #mark(text: string): void {
    if (!this.#isAt(text)) throw new Computed();
    this.#at += text.length;
    this.#skip();
  }

  #word(wanted?: string): string {
    const found = this.#take(word);
    if (found === undefined || (wanted !== undefined && found !== wanted)) throw new Computed();
    return this.#after(found);
  }

  #after<T>(value: T): T {
    this.#skip();
    return value;
  }

  #skip(): void {
    this.#take(blank);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** What a quoted text stands for. Escapes that are longer than a letter or `\uXXXX` are none that settings need. */
function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, letter: string) => {
    if (/^u....$/.test(letter)) return String.fromCharCode(Number.parseInt(letter.slice(1), 16));
    if (/[ux0-9]/.test(letter)) throw new Computed();
    return escapes[letter] ?? letter;
  });
}
