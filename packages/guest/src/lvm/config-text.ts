import { SampanError } from "@sampan/core";

/*
 * The text in which LVM2 writes its metadata: sections in braces, assignments, lists, strings in double quotes, whole
 * numbers, comments to the end of the line (lvm2, lib/config and libdm/libdm-config.c; lvm.conf(5) describes the same
 * language).
 */

/** A value of LVM's configuration text. */
export type ConfigValue = string | number | readonly (string | number)[];

/** A section: values and sections by name. Maps, because names come from a disk. */
export interface ConfigSection {
  readonly values: ReadonlyMap<string, ConfigValue>;
  readonly sections: ReadonlyMap<string, ConfigSection>;
}

/** No metadata of LVM nests deeper than six sections. */
const maxDepth = 16;

const token =
  /\s+|#[^\n]*|(?<string>"(?:[^"\\]|\\.)*")|(?<number>[+-]?\d+(?:\.\d+)?)(?![\w.])|(?<name>[A-Za-z0-9_.+][\w.+-]*)|(?<mark>[{}=,[\]])/gsy;

/**
 * Parses configuration text in time linear to its length; `GUEST_FS_CORRUPT` when it is not well-formed.
 *
 * A name that is given twice in one section is refused: it would mean different things to different readers.
 */
export function parseConfig(text: string): ConfigSection {
  return new Parser(text).section(0);
}

interface Token {
  readonly kind: "string" | "number" | "name" | "mark" | "end";
  readonly text: string;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #current: Token;

  constructor(text: string) {
    this.#text = text;
    this.#current = this.#scan();
  }

  section(depth: number): ConfigSection {
    if (depth > maxDepth) throw malformed("sections nest too deep");
    const values = new Map<string, ConfigValue>();
    const sections = new Map<string, ConfigSection>();
    for (;;) {
      const { kind, text } = this.#current;
      if (kind === "end" || text === "}") {
        if ((kind === "end") !== (depth === 0)) throw malformed("braces do not match");
        return { values, sections };
      }
      // A logical volume may have a name that is all digits.
      if (kind !== "name" && kind !== "number")
        throw malformed(`"${text.slice(0, 20)}" stands where a name must be`);
      if (values.has(text) || sections.has(text)) throw malformed(`${text.slice(0, 128)} is given twice`);
      this.#next();
      if (this.#isMark("{")) {
        this.#next();
        sections.set(text, this.section(depth + 1));
        this.#expect("}");
      } else {
        this.#expect("=");
        values.set(text, this.#value());
      }
    }
  }

  #value(): ConfigValue {
    if (!this.#isMark("[")) return this.#scalar();
    this.#next();
    const list: (string | number)[] = [];
    while (!this.#isMark("]")) {
      if (list.length > 0) this.#expect(",");
      list.push(this.#scalar());
    }
    this.#next();
    return list;
  }

  #scalar(): string | number {
    const { kind, text } = this.#current;
    if (kind !== "string" && kind !== "number")
      throw malformed(`"${text.slice(0, 20)}" stands where a value must be`);
    this.#next();
    return kind === "number" ? Number(text) : text.slice(1, -1).replace(/\\(.)/gs, "$1");
  }

  #isMark(mark: string): boolean {
    return this.#current.kind === "mark" && this.#current.text === mark;
  }

  #expect(mark: string): void {
    if (!this.#isMark(mark)) {
      throw malformed(`"${this.#current.text.slice(0, 20)}" stands where "${mark}" must be`);
    }
    this.#next();
  }

  #next(): void {
    this.#current = this.#scan();
  }

  #scan(): Token {
    while (this.#at < this.#text.length) {
      token.lastIndex = this.#at;
      const match = token.exec(this.#text);
      if (match === null) throw malformed(`a character that means nothing at ${this.#at}`);
      this.#at = token.lastIndex;
      for (const kind of ["string", "number", "name", "mark"] as const) {
        const text = match.groups?.[kind];
        if (text !== undefined) return { kind, text };
      }
    }
    return { kind: "end", text: "the end" };
  }
}

function malformed(what: string): SampanError {
  return new SampanError("GUEST_FS_CORRUPT", `reading the metadata of LVM: ${what}`);
}
