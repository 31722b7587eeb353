// Loaded into a program under test: writes the most memory it had resident, in bytes, where PEAK_MEMORY_FILE says.
import { readFileSync, writeFileSync } from "node:fs";

process.on("exit", () => {
  // Not resourceUsage().maxRSS: Linux hands a child the maximum of the process that started it.
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  writeFileSync(process.env.PEAK_MEMORY_FILE, String(Number(kib) * 1024));
});
