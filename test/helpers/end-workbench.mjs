// Ends what a workbench started, and removes its folder, once nobody holds its standard input any more: also when the tests were
// killed and could end nothing themselves. Arguments: id of the server's process group, folder of the workbench.
import { readdirSync, readlinkSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const [group = "", folder = ""] = process.argv.slice(2);

/** Processes that work in the folder: runs are processes of their own, in no group of the server's. */
function inFolder() {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return `${readlinkSync(`/proc/${name}/cwd`)}/`.startsWith(`${folder}/`);
    } catch {
      // It has ended meanwhile, or is another user's.
      return false;
    }
  });
}

function end(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

process.stdin.resume();
await new Promise((resolve) => process.stdin.on("close", resolve));
end(-Number(group), "SIGTERM");
const started = Date.now();
const since = () => Date.now() - started;
// Most end when they are asked to; what has not after five seconds is not asked again. A group whose dead nobody collects never goes.
while (since() < 15_000 && (end(-Number(group), 0) || inFolder().length > 0)) {
  const signal = since() > 5000 ? "SIGKILL" : "SIGTERM";
  if (signal === "SIGKILL") end(-Number(group), signal);
  for (const pid of inFolder()) end(Number(pid), signal);
  await sleep(100);
}
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
