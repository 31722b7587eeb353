import ts from "typescript";
import type { ProblemFix, TextEdit } from "../plan-analysis.ts";
import { plan } from "./example.ts";
import type { Rule, RuleFinding, RuleInput } from "./rule.ts";

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
      message:
        "A private key stands in this file: whoever reads it can log in. Name its file by identityFile, and replace the key.",
      range,
    };
  }
  if (/^(LTAI|STS\.)[A-Za-z0-9]{12,}$/.test(text)) {
    return {
      message:
        "An AccessKey stands in this file. Take a profile (Migration.with({ profile })) or the environment, and rotate the key: it is no secret any more.",
      range,
      fixes: fromEnvironment(node, range, "ALIBABA_CLOUD_ACCESS_KEY_ID"),
    };
  }
  const named = nameOf(node);
  if (/^[A-Za-z0-9]{30}$/.test(text) && /secret/i.test(named)) {
    return {
      message:
        "The secret of an AccessKey stands in this file. Take a profile or the environment, and rotate the key.",
      range,
      fixes: fromEnvironment(node, range, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    };
  }
  if (/pass(word|phrase|wd)$/i.test(named) && text.length > 0 && !/^(ask|prompt)$/i.test(text)) {
    return {
      message:
        'A password stands in this file. Say where it is found, passwordFrom: { env: "NAME" }, and change it.',
      range,
    };
  }
  const address = /^([a-z][a-z0-9+.-]{1,20}:\/\/)([^/@\s:]*):([^/@\s]+)@/i.exec(text);
  if (address) {
    return {
      message:
        'A password stands in this address. Leave it out and say where it is found, passwordFrom: { env: "NAME" }; then change it.',
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

function fromEnvironment(node: Text, range: TextEdit["range"], name: string): readonly ProblemFix[] {
  if (!ts.isStringLiteralLike(node)) return [];
  return [{ title: `Take it from ${name}`, safe: false, edits: [{ range, newText: `process.env.${name}` }] }];
}

/** Cuts the password out of an address, where the text stands as it is read. */
function* withoutPassword(
  text: string,
  range: TextEdit["range"],
  address: RegExpExecArray,
): Generator<ProblemFix> {
  const [whole, scheme = "", user = ""] = address;
  const start = range.start + 1 + scheme.length + user.length;
  const end = range.start + 1 + whole.length - 1;
  if (text.slice(range.start + 1, range.start + 1 + whole.length) !== whole) return;
  yield { title: "Remove the password", safe: true, edits: [{ range: { start, end }, newText: "" }] };
}
