import ts from "typescript";
import { entryOf } from "../placed-value.ts";
import { sentence } from "../sentences/sentence.ts";
import { file } from "./example.ts";
import type { Rule } from "./rule.ts";

const chain = 'export default Migration.from("ssh://root@web-01").assess();\n';

/** SMP131 */
export const openDoors: Rule = {
  code: "SMP131",
  title: "Checks of identity are switched off",
  tier: "text",
  level: "warning",
  why: "Without them whoever stands between this machine and the host or the cloud reads the disk and the credentials.",
  mend: "Put the host's key into `known_hosts`; for servers with certificates of your own there is `caFile`. A profile of a RAM user goes before the main account's.",
  bad: file(`process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";\n${chain}`),
  good: file(`process.env.NODE_EXTRA_CA_CERTS = "./ca.pem";\n${chain}`),
  *check({ read, chains, options }) {
    for (const node of read.nodes) {
      if (ts.isStringLiteralLike(node) && /StrictHostKeyChecking[ =]+(no|off)\b/i.test(node.text)) {
        yield {
          message: sentence("SMP131.host-key"),
          range: read.evaluator.range(node),
        };
      }
      if (
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        ts.isPropertyAccessExpression(node.left) &&
        node.left.name.text === "NODE_TLS_REJECT_UNAUTHORIZED" &&
        /^["'`]?0["'`]?$/.test(node.right.getText(read.file))
      ) {
        yield {
          message: sentence("SMP131.certificates"),
          range: read.evaluator.range(node.left.name),
        };
      }
    }
    if (options.account?.credentials?.mainAccount !== true) return;
    for (const { chain } of chains) {
      const cloud = entryOf(chain.context, "cloud");
      if (cloud?.value.kind !== "text" || cloud.value.value !== "alibaba") continue;
      yield {
        message: sentence("SMP131.main-account"),
        range: cloud.value.range,
      };
    }
  },
};
