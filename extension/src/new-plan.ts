import * as vscode from "vscode";

/** The first plan: of the small guest that `sampan` unpacks itself, so that it can be rehearsed by whoever has nothing yet. */
export const firstPlan = `import { Migration } from "sampan";

// The disk of a small Debian guest, which is unpacked here when it is not there yet. Put the path of your own VMDK, QCOW2, VHD or
// raw image in its place, or the address of a server: "ssh://root@web-01".
export default Migration.from("./.sampan/demo/first-guest.qcow2")
  .assess()
  .prepare()
  .capture()
  .toVhd()
  .upload("first-migration", { createBucket: true })
  .import({ name: "first-guest", createRole: true })
  .copyTo("cn-shanghai");
`;

/** Writes a first plan into the workspace, under a name that is free, and shows it. */
export async function createPlan(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    await vscode.commands.executeCommand("workbench.action.files.openFolder");
    return;
  }
  for (let count = 1; ; count += 1) {
    const uri = vscode.Uri.joinPath(folder.uri, `first${count === 1 ? "" : `-${count}`}.migration.ts`);
    if (await exists(uri)) continue;
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(firstPlan));
    await vscode.window.showTextDocument(uri);
    return;
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
