/**
 * The script of the status page. It makes elements and sets their text; markup is never built of the state's strings.
 * Rows and the lists inside them are kept from one answer to the next, so that focus, open lists and scrolling stay.
 */
export const pageScript = `
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const every = 1000;
  let paused = false;
  let timer;

  function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  function make(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function size(bytes) {
    if (!(bytes >= 0)) return "–";
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (bytes >= 1024 && unit < units.length - 1) { bytes /= 1024; unit++; }
    return (unit === 0 ? bytes : bytes.toFixed(bytes < 10 ? 2 : 1)) + " " + units[unit];
  }

  /* Columns: { title, kind, of(row) }; kinds: text, number, long, percent, list. */
  function showTable(id, columns, rows, keyOf, none) {
    const place = byId(id);
    let table = place.querySelector("table");
    let empty = place.querySelector(".none");
    if (!table) {
      empty = make("div", "none", none);
      table = make("table");
      const head = make("tr");
      for (const column of columns) {
        const cell = make("th", column.kind, column.title);
        cell.scope = "col";
        head.append(cell);
      }
      table.append(make("thead"), make("tbody"));
      table.tHead.append(head);
      place.append(empty, table);
    }
    empty.hidden = rows.length > 0;
    table.hidden = rows.length === 0;
    const body = table.tBodies[0];
    const old = new Map([...body.rows].map((row) => [row.dataset.key, row]));
    rows.forEach((data, index) => {
      const key = String(keyOf(data, index));
      let row = old.get(key);
      old.delete(key);
      if (!row) {
        row = make("tr");
        row.dataset.key = key;
        for (const column of columns) row.append(make("td", column.kind));
      }
      columns.forEach((column, at) => fill(row.cells[at], column, data));
      if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] || null);
    });
    for (const row of old.values()) row.remove();
  }

  function fill(cell, column, data) {
    const value = column.of(data);
    if (column.kind === "percent") return fillProgress(cell, value);
    if (column.kind === "list") return fillList(cell, value);
    setText(cell, value === null || value === undefined ? "" : String(value));
    if (column.bad) cell.classList.toggle("bad", column.bad(data));
  }

  function fillProgress(cell, { percent, label }) {
    let bar = cell.querySelector("progress");
    if (!bar) {
      bar = make("progress");
      bar.max = 100;
      cell.append(bar, make("span"));
    }
    bar.value = percent;
    bar.setAttribute("aria-label", label);
    setText(cell.querySelector("span"), percent + " %");
  }

  function fillList(cell, { summary, items }) {
    let list = cell.querySelector("details");
    if (!list) {
      list = make("details");
      list.append(make("summary"), make("ul"));
      cell.append(list);
    }
    setText(list.querySelector("summary"), summary);
    const ul = list.querySelector("ul");
    const text = items.join("\\u0000");
    if (ul.dataset.text !== text) {
      ul.dataset.text = text;
      ul.replaceChildren(...items.map((item) => make("li", "", item)));
    }
  }

  function plural(count, one, many) {
    return count + " " + (count === 1 ? one : many);
  }

  function show(state, faults, requests) {
    const { clock, buckets } = state;
    setText(byId("now"), new Date(clock.nowMs).toISOString().replace(/\\.\\d+Z$/, "Z").replace("T", " "));
    const skew = clock.skewMs === 0 ? "" : ", service clock off by " + clock.skewMs / 1000 + " s";
    setText(byId("scale"), (clock.frozen ? "frozen" : clock.timeScale + " × as fast as real time") + skew);
    setText(byId("stored"), size(state.storedBytes));
    showTable("buckets", [
      { title: "Name", of: (bucket) => bucket.name },
      { title: "Region", of: (bucket) => bucket.region },
      { title: "Size", kind: "number", of: (bucket) => size(bucket.sizeBytes) },
      { title: "Objects", kind: "list", of: (bucket) => ({
        summary: plural(bucket.objectCount, "object", "objects"),
        items: bucket.objects.map((object) => object.key + "  " + size(object.sizeBytes))
          .concat(bucket.objectCount > bucket.objects.length ? ["and " + (bucket.objectCount - bucket.objects.length) + " more"] : []),
      }) },
    ], buckets, (bucket) => bucket.name, "No bucket");
    const uploads = buckets.flatMap((bucket) => bucket.uploads.map((upload) => ({ ...upload, bucket: bucket.name })));
    showTable("uploads", [
      { title: "Object", kind: "long", of: (upload) => upload.bucket + "/" + upload.key },
      { title: "Parts", kind: "number", of: (upload) => upload.parts },
      { title: "Size", kind: "number", of: (upload) => size(upload.sizeBytes) },
      { title: "Upload id", of: (upload) => upload.uploadId },
    ], uploads, (upload) => upload.uploadId, "No upload is under way");
    const tasks = new Map(state.tasks.map((task) => [task.imageId, task]));
    showTable("images", [
      { title: "Region", of: (image) => image.region },
      { title: "Image", of: (image) => image.imageId },
      { title: "Name", kind: "long", of: (image) => image.name },
      { title: "Status", of: (image) => image.status, bad: (image) => image.status === "CreateFailed" },
      { title: "Progress", kind: "percent", of: (image) => ({ percent: image.percent, label: image.name + " in " + image.region }) },
      { title: "Task", of: (image) => { const task = tasks.get(image.imageId); return task ? task.taskId + " " + task.status : ""; } },
    ], [...state.images].sort((a, b) => (a.region < b.region ? -1 : a.region > b.region ? 1 : 0)), (image) => image.imageId + image.region, "No image");
    showTable("instances", [
      { title: "Region", of: (instance) => instance.region },
      { title: "Instance", of: (instance) => instance.instanceId },
      { title: "Name", kind: "long", of: (instance) => instance.name },
      { title: "Status", of: (instance) => instance.state },
      { title: "Image", of: (instance) => instance.imageId },
      { title: "Note", kind: "long", of: (instance) => instance.note },
    ], state.instances, (instance) => instance.instanceId, "No instance");
    showTable("roles", [
      { title: "Role", of: (role) => role.roleName },
      { title: "Account", of: (role) => role.accountId },
      { title: "Policies", kind: "long", of: (role) => role.policies.join(", ") },
    ], state.roles, (role) => role.accountId + role.roleName, "No role");
    showTable("faults", [
      { title: "Id", of: (fault) => fault.id },
      { title: "Does", of: (fault) => fault.effect.kind },
      { title: "To", kind: "long", of: (fault) => Object.entries(fault.match || {}).map((pair) => pair.join(" ")).join(", ") || "every request" },
      { title: "Seen", kind: "number", of: (fault) => fault.seen },
      { title: "Struck", kind: "number", of: (fault) => fault.struck },
      { title: "Strikes at most", kind: "number", of: (fault) => (fault.times === null ? "always" : fault.times || 1) },
    ], faults, (fault) => fault.id, "No fault is set");
    showTable("left", [
      { title: "What", of: (left) => left.what },
      { title: "How many", kind: "number", of: (left) => left.count },
      { title: "Size", kind: "number", of: (left) => (left.sizeBytes === null ? "" : size(left.sizeBytes)) },
    ], state.left.filter((left) => left.count > 0), (left) => left.what, "Nothing");
    showTable("requests", [
      { title: "At", of: (request) => request.at.slice(11, 19) },
      { title: "Service", of: (request) => request.service },
      { title: "Operation", of: (request) => request.operation },
      { title: "On", kind: "long", of: (request) => (request.bucket ? request.bucket + (request.key ? "/" + request.key : "") : "") },
      { title: "Status", kind: "number", of: (request) => (request.status === null ? "…" : request.status) },
      { title: "Code", of: (request) => request.code || "", bad: (request) => request.code !== null },
      { title: "Fault", of: (request) => request.fault || "" },
      { title: "ms", kind: "number", of: (request) => request.durationMs },
    ], requests, (request) => request.seq, "No request yet");
  }

  async function ask(path) {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok) throw new Error(path + " answered " + answer.status);
    return answer.json();
  }

  async function refresh() {
    clearTimeout(timer);
    if (paused || document.hidden) return;
    try {
      const [state, faults, requests] = await Promise.all([
        ask("/_sampan/state?objects=100"), ask("/_sampan/faults"), ask("/_sampan/requests?limit=40"),
      ]);
      show(state, faults.faults, requests.requests.reverse());
      setText(byId("health"), "Live");
    } catch (error) {
      setText(byId("health"), "The simulator does not answer: " + error.message);
    }
    timer = setTimeout(refresh, every);
  }

  byId("pause").addEventListener("click", () => {
    paused = !paused;
    byId("pause").setAttribute("aria-pressed", String(paused));
    setText(byId("health"), paused ? "Paused" : "Live");
    refresh();
  });
  document.addEventListener("visibilitychange", refresh);
  refresh();
})();
`;
