import type { World } from "../../world.ts";

/** Gives every account the import role, long since known to ECS: the state of an account that has imported before. */
export async function createImportRoles(world: World): Promise<void> {
  const atMs = world.clock.now() - world.options.speed.rolePropagationMs;
  for (const { accountId } of world.accounts.accounts) {
    const roleName = "AliyunECSImageImportDefaultRole";
    if (world.ram.role(accountId, roleName)) continue;
    await world.ram.put({
      accountId,
      roleName,
      roleId: "300000000000000001",
      description: "Lets ECS read the objects of an image import.",
      trustPolicy: JSON.stringify({
        Version: "1",
        Statement: [
          { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: ["ecs.aliyuncs.com"] } },
        ],
      }),
      createdAtMs: atMs,
      trustChangedAtMs: atMs,
      policies: [{ name: "AliyunECSImageImportRolePolicy", type: "System", attachedAtMs: atMs }],
    });
  }
}
