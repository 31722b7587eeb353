#!/usr/bin/env node
// Imitates ESXi's vim-cmd on files below $FAKE_ESXI: what it prints was taken from hosts of versions 5 to 8, as their users
// have published it. A snapshot turns the disks a machine's .vmx names into parents of new, empty deltas.
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const say = (text) => process.stdout.write(`${text}\n`);
const root = process.env.FAKE_ESXI;
const [command, ...args] = process.argv.slice(2);
appendFileSync(join(root, "asked.log"), `${JSON.stringify([command, ...args])}\n`);
const state = JSON.parse(readFileSync(join(root, "state.json"), "utf8"));
const volumes = join(root, "volumes");
const save = () => {
  // Also its watchers read it: never half of it.
  writeFileSync(join(root, "state.json.new"), JSON.stringify(state));
  renameSync(join(root, "state.json.new"), join(root, "state.json"));
};
const pathOf = (name) => name.replace(/^\[(.*?)\] /, (_, datastore) => `${join(volumes, datastore)}/`);
const machine = state.machines.find(({ id }) => String(id) === args[0]);
const fail = (fault, message) => {
  say(`(vim.fault.${fault}) {\n   faultCause = (vmodl.MethodFault) null,\n   msg = "${message}"\n}`);
  process.exit(1);
};
const vmsdOf = () => pathOf(machine.vmx).replace(/\.vmx$/, ".vmsd");

function writeVmsd() {
  const lines = ['.encoding = "UTF-8"', `snapshot.numSnapshots = "${machine.snapshots.length}"`];
  for (const [index, { id, name, description, disks }] of machine.snapshots.entries()) {
    lines.push(`snapshot${index}.uid = "${id}"`, `snapshot${index}.displayName = "${name}"`);
    lines.push(`snapshot${index}.description = "${description.replaceAll("\n", "|0A")}"`);
    lines.push(`snapshot${index}.numDisks = "${disks.length}"`);
    for (const [disk, { node, file }] of disks.entries()) {
      lines.push(
        `snapshot${index}.disk${disk}.fileName = "${file}"`,
        `snapshot${index}.disk${disk}.node = "${node}"`,
      );
    }
  }
  writeFileSync(vmsdOf(), `${lines.join("\n")}\n`);
}

switch (command) {
  case "vmsvc/getallvms": {
    const width = Math.max(4, ...state.machines.map(({ name }) => name.length)) + 3;
    say(
      `${"Vmid".padEnd(7)}${"Name".padEnd(width)}${"File".padEnd(40)}   ${"Guest OS".padEnd(18)}Version   Annotation`,
    );
    for (const { id, name, vmx, note = "" } of state.machines) {
      say(
        `${String(id).padEnd(7)}${name.padEnd(width)}${vmx.padEnd(40)}   ${"debian12-64Guest".padEnd(18)}vmx-19    ${note}`,
      );
    }
    break;
  }
  case "vmsvc/power.getstate": {
    if (!machine) fail("NotFound", `Unable to find a VM corresponding to "${args[0]}"`);
    say(
      `Retrieved runtime info\n${{ on: "Powered on", off: "Powered off", suspended: "Suspended" }[machine.power]}`,
    );
    break;
  }
  case "vmsvc/snapshot.create": {
    const [, name, description, memory, quiesced] = args;
    if (memory !== "0") fail("NotSupported", "the tests make none");
    if (state.failQuiesce && quiesced === "1") {
      say("Create Snapshot:\nCreate Snapshot failed");
      process.exit(1);
    }
    if (state.failSnapshots) fail("FileFault", "no space");
    const vmx = pathOf(machine.vmx);
    const id = (machine.lastId ?? 0) + 1;
    machine.lastId = id;
    const disks = [];
    let text = readFileSync(vmx, "utf8");
    text = text.replace(/^(\S+:\d+)\.fileName = "(.*\.vmdk)"$/gm, (line, node, file) => {
      if (text.includes(`${node}.mode = "independent`) || text.includes(`${node}.present = "FALSE"`))
        return line;
      disks.push({ node, file });
      const next = file.replace(/(-\d{6})?\.vmdk$/, `-${String(id).padStart(6, "0")}.vmdk`);
      const parent = readFileSync(join(dirname(vmx), file), "utf8");
      const cid = /^CID=(\w+)/m.exec(parent)[1];
      const sectors = /^RW (\d+)/m.exec(parent)[1];
      const delta = next.replace(/\.vmdk$/, "-delta.vmdk");
      writeFileSync(
        join(dirname(vmx), next),
        `# Disk DescriptorFile\nversion=1\nCID=99999999\nparentCID=${cid}\ncreateType="vmfsSparse"\nparentFileNameHint="${file}"\nRW ${sectors} VMFSSPARSE "${delta}"\n`,
      );
      return `${node}.fileName = "${next}"`;
    });
    writeFileSync(vmx, text);
    machine.snapshots.push({ id, name, description, disks });
    writeVmsd();
    save();
    say("Create Snapshot:");
    break;
  }
  case "vmsvc/snapshot.get": {
    say("Get Snapshot:");
    for (const [depth, { id, name, description }] of machine.snapshots.entries()) {
      const dashes = "--".repeat(depth + 1);
      say(`${"--".repeat(depth)}|-${depth === 0 ? "ROOT" : "CHILD"}`);
      say(
        `${dashes}Snapshot Name        : ${name}\n${dashes}Snapshot Id        : ${state.otherIds ? id + 100 : id}`,
      );
      say(
        `${dashes}Snapshot Desciption  : ${description}\n${dashes}Snapshot Created On  : 11/26/2026 2:0:52`,
      );
      say(`${dashes}Snapshot State       : powered on`);
    }
    break;
  }
  case "vmsvc/snapshot.remove": {
    const found = machine.snapshots.find(({ id }) => String(id) === args[1]);
    if (!found) fail("NotFound", "no such snapshot");
    machine.snapshots.splice(machine.snapshots.indexOf(found), 1);
    const vmx = pathOf(machine.vmx);
    let text = readFileSync(vmx, "utf8");
    if (machine.snapshots.length === 0) {
      for (const { node, file } of found.disks) {
        text = text.replace(new RegExp(`^${node}\\.fileName = .*$`, "m"), `${node}.fileName = "${file}"`);
        const delta = join(
          dirname(vmx),
          file.replace(/\.vmdk$/, `-${String(found.id).padStart(6, "0")}.vmdk`),
        );
        if (existsSync(delta)) rmSync(delta);
      }
    }
    writeFileSync(vmx, text);
    writeVmsd();
    save();
    say("Remove Snapshot:");
    break;
  }
  default:
    say(`Unknown command: ${command}`);
    process.exit(1);
}
