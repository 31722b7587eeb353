// What OpenSSH for Windows gives a line to, as sshd's ForceCommand: `cmd.exe`, or PowerShell of some version, by the first argument. Knows
// the lines that Sampan sends and refuses every other, tells of one disk, and answers other scripts with the parameters they were given.
const [, , kind] = process.argv;
const line = process.env.SSH_ORIGINAL_COMMAND ?? "";

/** Ends with what a shell says to a line it does not know. */
function refuse() {
  process.stderr.write(`'${line.split(" ")[0]}' is not recognized as an internal or external command`);
  process.exit(9009);
}

function readValue(lines) {
  const text = lines.next().value ?? "n";
  const rest = text.slice(1);
  const many = (read) => Array.from({ length: Number(rest) }, read);
  if (text[0] === "s") return Buffer.from(rest, "base64").toString("utf8");
  if (text[0] === "i" || text[0] === "d") return Number(rest);
  if (text[0] === "t" || text[0] === "f") return text[0] === "t";
  if (text[0] === "a") return many(() => readValue(lines));
  if (text[0] === "o") return Object.fromEntries(many(() => [readValue(lines), readValue(lines)]));
  return null;
}

if (line === "echo $PSVersionTable.PSVersion.Major") {
  // A profile or a banner may say something first.
  process.stdout.write("Welcome to WEB-01\r\n");
  process.stdout.write({ cmd: `${line.slice(5)}\r\n`, powershell: "5\r\n", pwsh: "7\r\n" }[kind]);
  process.exit(0);
}
const bootstrap = "$l=@($input);& ([ScriptBlock]::Create(";
const encoded = /^powershell\.exe [A-Za-z -]+ -EncodedCommand ([A-Za-z0-9+/=]+)$/;
if (kind === "powershell") {
  if (!line.startsWith(bootstrap)) refuse();
} else {
  const words = kind === "cmd" ? line : line.replace(/^\$input\|/, "");
  const command = Buffer.from(encoded.exec(words)?.[1] ?? "", "base64").toString("utf16le");
  if (!command.startsWith(bootstrap) || line.length > 8191) refuse();
}
const parts = [];
for await (const part of process.stdin) parts.push(part);
const [script = "", ...rest] = Buffer.concat(parts).toString("latin1").split("\r\n").slice(0, -1);
const parameters = readValue(rest.values());
const text = Buffer.from(script, "base64").toString("utf8");
const disks = {
  ...{ name: "WEB-01", systemDrive: "C:", systemRoot: "C:\\Windows", administrator: true, firmware: null },
  disks: [
    {
      ...{ index: 0, id: "\\\\.\\PHYSICALDRIVE0", model: "disk", serial: "S0" },
      ...{ size: 8_388_608, sector: 512, signature: 1 },
    },
  ],
  ...{ partitions: [], volumes: [], encrypted: [], storage: null },
};
const value = text.includes("Win32_DiskDrive")
  ? disks
  : text.includes("Diagnostics.ProcessStartInfo")
    ? { exitCode: 3, stdout: Buffer.from(parameters.line).toString("base64"), stderr: "said" }
    : parameters;
const ascii = JSON.stringify({ ok: true, value }).replace(
  /[^ -~]/g,
  (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
);
process.stdout.write(`\r\nsampan-answer ${ascii}\r\n`);
