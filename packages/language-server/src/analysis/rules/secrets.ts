import ts from "typescript";
import type { TextEdit } from "../plan-analysis.ts";
import { sentence } from "../sentences/sentence.ts";
import { plan } from "./example.ts";
import type { Rule, RuleFinding, RuleFix, RuleInput } from "./rule.ts";

/** How a plan says where a password is found. */
const elsewhere = '{ env: "NAME" }';

/** SMP130 */
export const secrets: Rule = {
  code: "SMP130",
  title: "A secret in the text of a plan",
  tier: "text",
  level: "error",
  why: "Plans are kept in repositories and shown in editors, and a run writes its plan into the journal. An AccessKey, a private key or a password in one is known to everybody who reads it.",
  mend: 'Say where it is found (`passwordFrom: { env: "NAME" }`, a profile of `aliyun configure`), and make it worthless: rotate the key, change the password.',
  bad: plan('Migration.from("ssh://root:wonderland@web-01").assess()'),
  good: plan('Migration.from("ssh://root@web-01").assess()'),
  *check(input) {
    for (const node of input.read.nodes) {
      if (
        ts.isStringLiteralLike(node) ||
        ts.isTemplateHead(node) ||
        ts.isTemplateMiddleOrTemplateTail(node)
      ) {
        const found = judge(input, node);
        if (found) yield found;
      }
    }
  },
};

type Text = ts.StringLiteralLike | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

/** What is found is never part of the message. */
function judge({ read }: RuleInput, node: Text): RuleFinding | undefined {
  const range = read.evaluator.range(node);
  const { text } = node;
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return {
      message: sentence("SMP130.private-key"),
      range,
    };
  }
  if (/^(LTAI|STS\.)[A-Za-z0-9]{12,}$/.test(text)) {
    return {
      message: sentence("SMP130.access-key", { call: "Migration.with({ profile })" }),
      range,
      fixes: fromEnvironment(node, range, "ALIBABA_CLOUD_ACCESS_KEY_ID"),
    };
  }
  const named = nameOf(node);
  if (/^[A-Za-z0-9]{30}$/.test(text) && /secret/i.test(named)) {
    return {
      message: sentence("SMP130.access-key-secret"),
      range,
      fixes: fromEnvironment(node, range, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    };
  }
  if (/pass(word|phrase|wd)$/i.test(named) && text.length > 0 && !/^(ask|prompt)$/i.test(text)) {
    return {
      message: sentence("SMP130.password", { where: elsewhere }),
      range,
    };
  }
  const address = /^([a-z][a-z0-9+.-]{1,20}:\/\/)([^/@\s:]*):([^/@\s]+)@/i.exec(text);
  if (address) {
    return {
      message: sentence("SMP130.address", { where: elsewhere }),
      range,
      fixes: [...withoutPassword(read.text, range, address)],
    };
  }
  return undefined;
}

/** The name of the property or constant that a text is given to. */
function nameOf(node: ts.Node): string {
  const { parent } = node;
  if ((ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent)) && parent.initializer === node) {
    return ts.isIdentifier(parent.name) || ts.isStringLiteral(parent.name) ? parent.name.text : "";
  }
  return "";
}

function fromEnvironment(node: Text, range: TextEdit["range"], name: string): readonly RuleFix[] {
  if (!ts.isStringLiteralLike(node)) return [];
  return [
    {
      title: sentence("SMP130.environment", { name }),
      safe: false,
      edits: [{ range, newText: `process.env.${name}` }],
    },
  ];
}

/** Cuts the password out of an address, where the text stands as it is read. */
function* withoutPassword(
  text: string,
  range: TextEdit["range"],
  address: RegExpExecArray,
): Generator<RuleFix> {
  const [whole, scheme = "", user = ""] = address;
  const start = range.start + 1 + scheme.length + user.length;
  const end = range.start + 1 + whole.length - 1;
  if (text.slice(range.start + 1, range.start + 1 + whole.length) !== whole) return;
  yield { title: sentence("SMP130.remove"), safe: true, edits: [{ range: { start, end }, newText: "" }] };
}
