import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import {
  mostEntries,
  mostHosts,
  type Place,
  type RawCell,
  type RawInventory,
  type RawProblem,
  type RawRow,
  shown,
  UnreadableInventory,
} from "./raw-inventory.ts";
import { noInventory } from "./read-json.ts";

/**
 * Hosts of a YAML text: a list of them, or a mapping with `hosts` and `defaults`. Plain words and numbers stay as they are written, so that
 * `01` is no 1. Nothing is expanded: an alias is followed where it stands, once. Throws `UnreadableInventory`.
 */
export function readYaml(text: string): RawInventory {
  const lines = new LineCounter();
  const document = parsed(text, lines);
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw new UnreadableInventory(`is no YAML that is read here: ${words(fault.message)}`, {
      line,
      column: col,
      path: "",
    });
  }
  return new YamlReader(document, lines).read();
}

class YamlReader {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #targets: ReadonlyMap<unknown, Node>;
  readonly #problems: RawProblem[] = [];

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
    this.#targets = targetsOf(document);
  }

  read(): RawInventory {
    const root = this.#followed(this.#document.contents);
    if (isSeq(root)) return this.#inventory(root.items, "", new Map());
    if (!isMap(root)) throw new UnreadableInventory(noInventory, this.#place(root, ""));
    let hosts: Node | undefined;
    const defaults = new Map<string, RawCell>();
    for (const { name, key, value } of this.#pairs(root)) {
      if (name === "hosts") hosts = value;
      else if (name === "defaults") {
        if (isMap(value)) this.#addCells(defaults, value, "defaults.");
        else if (value !== undefined) this.#wrong(value, "defaults", "is no mapping of columns");
      } else this.#wrong(key, name, "is neither `hosts` nor `defaults`");
    }
    if (!isSeq(hosts)) throw new UnreadableInventory(noInventory, this.#place(hosts ?? root, "hosts"));
    return this.#inventory(hosts.items, "hosts", defaults);
  }

  #inventory(items: readonly unknown[], name: string, defaults: ReadonlyMap<string, RawCell>): RawInventory {
    if (items.length > mostHosts) {
      throw new UnreadableInventory(`has more than ${mostHosts.toLocaleString("en")} hosts`);
    }
    const rows = items.flatMap((item, index): readonly RawRow[] => {
      const path = `${name}[${index}]`;
      const node = this.#followed(item);
      if (!isMap(node)) {
        this.#wrong(item as Node, path, "is no mapping of columns");
        return [];
      }
      const cells = new Map<string, RawCell>();
      this.#addCells(cells, node, `${path}.`);
      return [{ place: this.#place(item as Node, path), cells }];
    });
    return { defaults, rows, problems: this.#problems };
  }

  #addCells(cells: Map<string, RawCell>, map: YAMLMap, prefix: string): void {
    for (const { name, key, value } of this.#pairs(map)) {
      const path = `${prefix}${name}`;
      if (isScalar(value)) {
        const text = written(value);
        if (text !== "") cells.set(name, { value: text, place: this.#place(value, path) });
      } else if (isSeq(value)) {
        const entries = value.items.map((item) => this.#followed(item));
        if (entries.length > mostEntries) {
          this.#wrong(value, path, `has more than ${mostEntries} entries`);
        } else if (!entries.every(isScalar)) {
          this.#wrong(value, path, "holds a list of more than texts and numbers");
        } else if (entries.length > 0) {
          cells.set(name, { value: entries.map(written), place: this.#place(value, path) });
        }
      } else if (value !== undefined) {
        this.#wrong(key, path, "is a mapping, neither text nor a number nor a list of them");
      }
    }
  }

  *#pairs(map: YAMLMap): Generator<{
    readonly name: string;
    readonly key: Node | undefined;
    readonly value: Node | undefined;
  }> {
    const seen = new Set<string>();
    for (const { key, value } of map.items) {
      if (isScalar(key)) {
        const name = written(key);
        if (seen.has(name)) {
          throw new UnreadableInventory(`${shown(name)} stands there twice`, this.#place(key as Node, ""));
        }
        seen.add(name);
        yield { name, key: key as Node, value: this.#followed(value) };
      } else this.#wrong(key as Node, "", "the name of a column is no text");
    }
  }

  /** What an alias stands for. One that leads to another is followed no further: no file needs it. */
  #followed(node: unknown): Node | undefined {
    if (isAlias(node)) return this.#targets.get(node);
    return (node ?? undefined) as Node | undefined;
  }

  #wrong(node: Node | undefined, path: string, message: string): void {
    this.#problems.push({ place: this.#place(node, path), message });
  }

  #place(node: Node | null | undefined, path: string): Place {
    const start = node?.range?.[0];
    if (start === undefined) return { line: null, column: null, path };
    const { line, col } = this.#lines.linePos(start);
    return { line, column: col, path };
  }
}

function parsed(text: string, lineCounter: LineCounter): Document {
  try {
    // Keys that stand there twice are found where keys are read: the library compares each with all others.
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "silent", uniqueKeys: false });
  } catch (error) {
    // The parser calls itself for what stands inside of something.
    if (error instanceof RangeError) throw new UnreadableInventory("is no YAML that is read here: too deep");
    throw error;
  }
}

/** What each alias stands for. In one pass: the library looks through the whole document for each. */
function targetsOf(document: Document): ReadonlyMap<unknown, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if ("anchor" in node && typeof node.anchor === "string") anchors.set(node.anchor, node as Node);
    },
  });
  return targets;
}

/** A scalar as it stands in the file; nothing for null. */
function written(node: { readonly value: unknown; readonly source?: string | undefined }): string {
  if (node.value === null || node.value === undefined) return "";
  return (typeof node.value === "string" ? node.value : (node.source ?? String(node.value))).trim();
}

/** The first line of what the parser says. */
function words(message: string): string {
  return (message.split("\n")[0] ?? "").slice(0, 200);
}
