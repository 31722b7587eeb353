import { catalogue, type HostKind, type StageName, type Verb } from "@sampan/sdk/catalogue";
import { memberValue, outlineValue, type ValueOutline } from "./session-values.ts";
import { closingOf, isMark, openingOf, type Token } from "./tokens.ts";

/** What stands before a dot, as far as the text and the session tell; `undefined` for what cannot be known. */
export type Receiver =
  | { readonly kind: "migration" }
  | {
      readonly kind: "stage";
      readonly stage: StageName;
      /** Absent while the text does not say. */
      readonly host?: HostKind | undefined;
      /** The source as written, when it is a plain text. */
      readonly source?: string | undefined;
      readonly called: readonly Verb[];
    }
  | { readonly kind: "run" }
  | { readonly kind: "value"; readonly value: unknown }
  | undefined;

/** What the session knows of a name. */
export type NameLookup = (name: string) => ValueOutline | undefined;

/** A member that is taken of something, called or not. */
interface Link {
  readonly name: string;
  /** Tokens between the brackets of the call. */
  readonly args: readonly Token[] | undefined;
}

type Root =
  | { readonly kind: "continued" }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "group"; readonly from: number; readonly to: number }
  | { readonly kind: "text" };

interface Chain {
  readonly root: Root;
  readonly links: readonly Link[];
  /** Index of its first token. */
  readonly start: number;
}

/** Groups within groups deeper than this are nothing a person types. */
const deepest = 20;

/** What the expression is whose last token stands at `last`; with `last` -1 the input goes on from the last value. */
export function receiverAt(tokens: readonly Token[], last: number, lookup: NameLookup, depth = 0): Receiver {
  const chain = depth > deepest ? undefined : chainEndingAt(tokens, last);
  if (chain === undefined) return undefined;
  const before = tokens[chain.start - 1];
  // What is waited for, made anew or negated is something else than the chain.
  if (before?.kind === "name" && /^(await|new|typeof|void|delete|yield)$/.test(before.text)) return undefined;
  let receiver = rootOf(tokens, chain, lookup, depth);
  for (const link of chain.links) receiver = follow(receiver, link);
  return receiver;
}

/** Reads a chain from its last token to its first. */
function chainEndingAt(tokens: readonly Token[], last: number): Chain | undefined {
  const links: Link[] = [];
  let at = last;
  for (;;) {
    const token = tokens[at];
    if (token === undefined) return at < 0 ? { root: { kind: "continued" }, links, start: 0 } : undefined;
    if (isMark(token, ")")) {
      const open = openingOf(tokens, at);
      if (open < 0) return undefined;
      const callee = tokens[open - 1];
      const isCall =
        callee?.kind === "name" && !/^(if|while|for|switch|await|return|typeof|of|in)$/.test(callee.text);
      if (!isCall) return { root: { kind: "group", from: open + 1, to: at - 1 }, links, start: open };
      if (!isMark(tokens[open - 2], ".", "?.")) return undefined;
      links.unshift({ name: callee.text, args: tokens.slice(open + 1, at) });
      at = open - 3;
    } else if (token.kind === "name") {
      if (!isMark(tokens[at - 1], ".", "?.")) {
        return { root: { kind: "name", name: token.text }, links, start: at };
      }
      links.unshift({ name: token.text, args: undefined });
      at -= 2;
    } else if (token.kind === "string" && !isMark(tokens[at - 1], "}")) {
      return { root: { kind: "text" }, links, start: at };
    } else return undefined;
  }
}

function rootOf(
  tokens: readonly Token[],
  { root, start }: Chain,
  lookup: NameLookup,
  depth: number,
): Receiver {
  switch (root.kind) {
    case "continued":
      return lookup("_");
    case "text":
      return { kind: "value", value: "" };
    case "group": {
      const inner = chainEndingAt(tokens, root.to);
      return inner?.start === root.from ? receiverAt(tokens, root.to, lookup, depth + 1) : undefined;
    }
    case "name":
      return declaredAbove(tokens, root.name, start, lookup, depth) ?? lookup(root.name);
  }
}

/** What a name was given further up in the same input. */
function declaredAbove(
  tokens: readonly Token[],
  name: string,
  before: number,
  lookup: NameLookup,
  depth: number,
): Receiver {
  for (let at = before - 2; at >= 0; at--) {
    const token = tokens[at];
    if (token?.kind !== "name" || token.text !== name || !isMark(tokens[at + 1], "=")) continue;
    if (isMark(tokens[at - 1], ".", "?.")) continue;
    const last = endOfChain(tokens, at + 2);
    return last < 0 || last >= before ? undefined : receiverAt(tokens, last, lookup, depth + 1);
  }
  return undefined;
}

/** Index of the last token of the chain that begins at `start`; -1 when none begins there. */
function endOfChain(tokens: readonly Token[], start: number): number {
  let last = start;
  if (isMark(tokens[start], "(")) last = closingOf(tokens, start);
  else if (tokens[start]?.kind !== "name" || tokens[start].text === "await") return -1;
  while (last >= 0) {
    if (isMark(tokens[last + 1], ".", "?.") && tokens[last + 2]?.kind === "name") last += 2;
    else if (isMark(tokens[last + 1], "(")) last = closingOf(tokens, last + 1);
    else return last;
  }
  return -1;
}

/** What a member of something is, or what calling it gives. */
function follow(receiver: Receiver, { name, args }: Link): Receiver {
  if (receiver === undefined || receiver.kind === "run") return undefined;
  if (receiver.kind === "value") {
    return args === undefined ? outlineValue(memberValue(receiver.value, name)) : undefined;
  }
  if (args === undefined) return undefined;
  if (receiver.kind === "migration") {
    if (name === "with") return receiver;
    if (name !== "from") return undefined;
    return { kind: "stage", stage: "SelectedHost", called: [], ...sourceOf(args) };
  }
  if (name === "run") return { kind: "run" };
  if (!isVerb(name)) return undefined;
  return { ...receiver, stage: catalogue[name].to, called: [...receiver.called, name] };
}

/** True for a verb of the fluent API. */
export function isVerb(name: string): name is Verb {
  return Object.hasOwn(catalogue, name);
}

/** The kind of host that what `from` is given names, as far as it is written out. */
function sourceOf(args: readonly Token[]): { host?: HostKind; source?: string } {
  const [first, second, ...rest] = args;
  if (first?.kind === "string" && second === undefined) {
    return { host: hostKindOf(first.text), source: first.text };
  }
  if (!isMark(first, "{")) return {};
  const fields = [second, ...rest];
  const at = fields.findIndex((token, index) => token?.text === "kind" && isMark(fields[index + 1], ":"));
  const kind = fields[at + 2];
  const known = hostKinds.find((one) => at >= 0 && kind?.kind === "string" && one === kind.text);
  return known === undefined ? {} : { host: known };
}

const hostKinds: readonly HostKind[] = ["image-file", "ecs", "ssh", "local", "winrm", "esxi", "image-url"];

const kindsByScheme: Readonly<Record<string, HostKind>> = {
  ssh: "ssh",
  esxi: "esxi",
  ecs: "ecs",
  local: "local",
  winrm: "winrm",
  winrms: "winrm",
  http: "image-url",
  https: "image-url",
};

function hostKindOf(source: string): HostKind {
  const scheme = /^([a-z]+):\/\//i.exec(source)?.[1]?.toLowerCase() ?? "";
  return (Object.hasOwn(kindsByScheme, scheme) ? kindsByScheme[scheme] : undefined) ?? "image-file";
}
