// Draws what the program shows in a terminal, for the README: real runs in tmux, kept as SVG. Build first; needs tmux.
//
//   node test/tools/record-terminal.mjs
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const program = join(repository, "packages/repl/bin/sampan.mjs");
const pictures = join(repository, "packages/repl/docs/pictures");
const columns = 140;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal are what is looked for.
const codes = /\u001b\[([0-9;]*)m/g;

/** What is typed, one after the other, and how many lines of its end are drawn. */
const scenes = [
  {
    name: "run",
    title: "A rehearsal of the first migration, from a disk image to images in three regions",
    commands: ["sampan run first-migration.migration.ts"],
    rows: 34,
  },
  {
    name: "plan",
    title: "What the plan would do, looked at beforehand",
    commands: ["sampan plan first-migration.migration.ts"],
    rows: 60,
  },
];
/** How letters look now: tmux tells only what changes, also from line to line. */
let style = {};

for (const scene of scenes) {
  const folder = mkdtempSync(join(tmpdir(), "sampan-scene-"));
  const socket = join(folder, "tmux.sock");
  const tmux = (...args) =>
    execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], { encoding: "utf8" });
  try {
    const plans = join(folder, "plans");
    mkdirSync(plans);
    cpSync(
      join(repository, "examples/first-migration.migration.ts"),
      join(plans, "first-migration.migration.ts"),
    );
    const typed = scene.commands.map((line) => `printf '\\033[1m$ %s\\033[0m\\n' '${line}'; ${line}`);
    const script = `sampan() { "${process.execPath}" "${program}" "$@"; }; ${typed.join("; ")}; touch ../over; exec sleep 600`;
    const env = [
      "env",
      "-i",
      `PATH=${process.env.PATH}`,
      `HOME=${folder}`,
      "TERM=screen-256color",
      "LC_ALL=C.UTF-8",
    ];
    const size = ["-x", String(columns), "-y", "60"];
    tmux("new-session", "-d", "-s", "scene", ...size, "-c", plans, ...env, "sh", "-c", script);
    await ended(join(folder, "over"));
    const screen = tmux("capture-pane", "-e", "-p", "-J", "-S", "-200", "-t", "scene").trimEnd().split("\n");
    const shown = [
      screen[0] ?? "",
      ...(screen.length > scene.rows ? ["…"] : []),
      ...screen.slice(1).slice(1 - scene.rows),
    ];
    mkdirSync(pictures, { recursive: true });
    const text = shown.map((line) => moved(line, plans, "/srv/plans"));
    writeFileSync(join(pictures, `${scene.name}.svg`), draw(scene.title, text));
  } finally {
    try {
      tmux("kill-server");
    } catch {
      // It is gone already.
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A line with a path of this machine made another, its columns where they were. */
function moved(line, from, to) {
  const parts = new RegExp(`${from}(\\S*)( {2,})?`, "g");
  return line.replace(
    parts,
    (_, rest, gap = "") => to + rest + (gap && gap + " ".repeat(from.length - to.length)),
  );
}

async function ended(path) {
  for (let waited = 0; !existsSync(path); waited += 200) {
    if (waited > 120_000) throw new Error("the program did not end");
    await sleep(200);
  }
}

/** Lines with the codes of a terminal, as a picture that is text. */
function draw(title, lines) {
  const [wide, high, edge] = [8.4, 18, 12];
  const most = Math.max(...lines.map((line) => plain(line).length));
  const width = Math.ceil(Math.min(most, columns) * wide + 2 * edge);
  const height = lines.length * high + 2 * edge;
  const rows = lines.map((line, index) => {
    const y = edge + 13 + index * high;
    return `<text x="${edge}" y="${y}" xml:space="preserve">${spans(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="#1e1e2e"/>`,
    `<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="14" fill="#cdd6f4">`,
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function plain(line) {
  return line.replace(codes, "");
}

function spans(line) {
  const colours = ["#45475a", "#f38ba8", "#a6e3a1", "#f9e2af", "#89b4fa", "#f5c2e7", "#94e2d5", "#bac2de"];
  let [at, drawn, room] = [0, "", columns];
  // A line that is wider than the terminal was ends in `…`.
  const put = (whole) => {
    const text =
      whole.length > room ? `${whole.slice(0, Math.max(0, room - 1))}${room > 0 ? "…" : ""}` : whole;
    room -= whole.length;
    if (text === "") return;
    const marks = [
      style.colour === undefined ? "" : ` fill="${style.colour}"`,
      style.bold ? ` font-weight="bold"` : "",
      style.dim ? ` opacity="0.6"` : "",
    ].join("");
    drawn += marks === "" ? escaped(text) : `<tspan${marks}>${escaped(text)}</tspan>`;
  };
  for (const match of line.matchAll(codes)) {
    put(line.slice(at, match.index));
    at = match.index + match[0].length;
    for (const code of (match[1] || "0").split(";").map(Number)) {
      if (code === 0) style = {};
      else if (code === 1) style = { ...style, bold: true };
      else if (code === 2) style = { ...style, dim: true };
      else if (code === 22) style = { colour: style.colour };
      else if (code === 39) style = { ...style, colour: undefined };
      else if (code >= 30 && code <= 37) style = { ...style, colour: colours[code - 30] };
      else if (code >= 90 && code <= 97) style = { ...style, colour: colours[code - 90] };
    }
  }
  put(line.slice(at));
  return drawn;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
