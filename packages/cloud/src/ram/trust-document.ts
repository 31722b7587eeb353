/** Service principal that must be allowed to assume the import role. */
const ecsService = "ecs.aliyuncs.com";

const ecsStatement = {
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: [ecsService] },
};

/** The trust document of a new import role: ECS may assume it. */
export const ecsTrustDocument: string = JSON.stringify({ Version: "1", Statement: [ecsStatement] });

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Principal?: { readonly Service?: unknown };
}

function statementsOf(document: string): readonly Statement[] | undefined {
  try {
    const parsed: unknown = JSON.parse(document);
    const found = (parsed as { Statement?: unknown } | null)?.Statement;
    const list = Array.isArray(found) ? found : found === undefined ? [] : [found];
    return list.filter((item): item is Statement => typeof item === "object" && item !== null);
  } catch {
    return undefined;
  }
}

function includes(value: unknown, wanted: string): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.some((item) => typeof item === "string" && item.toLowerCase() === wanted.toLowerCase());
}

/** Whether a trust document lets ECS assume its role; one that cannot be read does not. */
export function trustsEcs(document: string): boolean {
  return (statementsOf(document) ?? []).some(
    (statement) =>
      statement.Effect === "Allow" &&
      includes(statement.Action, "sts:AssumeRole") &&
      includes(statement.Principal?.Service, ecsService),
  );
}

/** The document with ECS added to those it trusts; what was there stays. */
export function withEcsTrust(document: string): string {
  const statements = statementsOf(document);
  if (statements === undefined) return ecsTrustDocument;
  return JSON.stringify({ Version: "1", Statement: [...statements, ecsStatement] });
}
