(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var t = data.texts;
  var rows = data.rows;
  var SLICE = 100;
  var PRINTED = 1000;
  var byId = function (id) { return document.getElementById(id); };

  // An element with a text; values only ever become text.
  function make(name, text, className) {
    var element = document.createElement(name);
    if (text) { element.textContent = text; }
    if (className) { element.className = className; }
    return element;
  }

  // An address, which may break after each of its parts.
  function breakable(element, address) {
    address.split("/").forEach(function (part, index, parts) {
      element.append(index + 1 < parts.length ? part + "/" : part, document.createElement("wbr"));
    });
    return element;
  }

  function urgency(day) {
    if (!day) { return "day"; }
    if (day < data.today) { return "day is-over"; }
    return "day" + (day <= data.limits[data.limits.length - 1][1] ? " is-soon" : "");
  }

  function day(value) {
    var cell = make("td", value, urgency(value));
    if (value && value < data.today) { cell.appendChild(make("div", t.ended)); }
    return cell;
  }

  // The columns: key, text of the header, what to sort by, how to draw.
  var columns = [
    ["address", t.address, null, null],
    ["kind", t.kind, null, function (row) { return make("td", t["kind_" + row.kind]); }],
    ["name", t.name, null, function (row) { return make("td", row.name); }],
    ["structure", t.structure, function (row) { return row.structure + row.siret; }, function (row) {
      var cell = make("td", row.structure);
      cell.appendChild(make("div", row.siret, "faint"));
      return cell;
    }],
    ["system", t.system, null, function (row) { return make("td", row.system, "day"); }],
    ["protocol", t.protocol, null, function (row) { return make("td", row.protocol); }],
    ["status", t.status, null, function (row) {
      var cell = make("td");
      cell.appendChild(make("span", row.status, "chip is-" + row.tone));
      return cell;
    }],
    ["code", t.code, null, function (row) { return make("td", row.code); }],
    ["valid", t.valid_until, null, function (row) { return day(row.valid); }],
    ["certificate", t.certificate_until, null, function (row) { return day(row.certificate); }],
    ["subscriptions", t.subscriptions, function (row) { return row.subscriptions.join(); }, function (row) {
      var codes = row.subscriptions;
      return make("td", codes.length > 2 ? codes.slice(0, 2).join(", ") + " +" + (codes.length - 2) : codes.join(", "));
    }],
    ["waits", t.waits_for, function (row) { return row.waits && (row.since || "9") + row.waits; }, function (row) {
      var cell = make("td", row.party && t["party_" + row.party]);
      if (row.since) { cell.appendChild(make("div", t.since + " " + row.since, "faint")); }
      return cell;
    }],
    ["seen", t.seen, function (row) { return row.seen; }, function (row) {
      var cell = make("td", row.origin && t["origin_" + row.origin] + (row.seen_by ? " " + row.seen_by : ""));
      if (row.seen) { cell.appendChild(make("div", row.seen, "faint")); }
      return cell;
    }]
  ];

  rows.forEach(function (row) {
    row.all = [row.address, row.name, row.structure, row.siret, row.system, row.protocol, row.status, row.code, row.valid,
      row.certificate, row.subscriptions.join(" "), row.waits, row.seen_by].join(" ").toLowerCase();
    row.whose = (row.structure + " " + row.siret).toLowerCase();
  });

  var sorted = { column: 0, down: false };
  var found = rows;
  var first = 0;
  var opened = {};

  function pairs(list, texts) {
    texts.forEach(function (pair) {
      if (!pair[1]) { return; }
      var line = make("tr");
      var head = make("th", pair[0]);
      head.scope = "row";
      line.appendChild(head);
      line.appendChild(make("td", pair[1]));
      list.appendChild(line);
    });
  }

  function listing(title, heads, lines) {
    var table = make("table");
    table.appendChild(make("caption", title));
    if (heads.length) {
      var head = make("tr");
      heads.forEach(function (text) {
        var cell = make("th", text);
        cell.scope = "col";
        head.appendChild(cell);
      });
      table.appendChild(make("thead")).appendChild(head);
    }
    var body = table.appendChild(make("tbody"));
    lines.forEach(function (cells) {
      var line = body.appendChild(make("tr"));
      cells.forEach(function (text) { line.appendChild(make("td", text)); });
    });
    return table;
  }

  function details(row, id) {
    var line = make("tr", "", "more");
    line.id = id;
    var cell = make("td");
    cell.colSpan = columns.length;
    var facts = make("table");
    facts.appendChild(make("caption", row.address));
    pairs(facts.appendChild(make("tbody")), [
      [t.name, row.name], [t.structure, (row.structure + " " + row.siret).trim()],
      [t.password_until, row.password], [t.subscriptions, row.subscriptions.join(", ")],
      [t.waits_for, row.waits], [t.since, row.since]
    ]);
    cell.appendChild(facts);
    if (row.certificates.length) {
      cell.appendChild(listing(t.certificates, [], row.certificates.map(function (one) {
        return [one[0], one[1], one[2] && t.until + " " + one[2]];
      })));
    }
    if (row.former.length) {
      cell.appendChild(listing(t.former, [], row.former.map(function (one) { return [one[0], one[1] || t.gone, one[2]]; })));
    }
    if (row.events.length) {
      var box = make("div", "", "history");
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", t.history);
      box.appendChild(listing(t.history + ", " + t.history_newest, [t.when, t.event, t.what, t.by], row.events));
      cell.appendChild(box);
    } else {
      cell.appendChild(make("p", t.history_none, "hint"));
    }
    line.appendChild(cell);
    return line;
  }

  var head = document.querySelector("#table thead tr");
  var body = document.querySelector("#table tbody");

  columns.forEach(function (column, index) {
    var cell = make("th");
    cell.scope = "col";
    var button = make("button", column[1], "sort");
    button.type = "button";
    button.addEventListener("click", function () {
      sorted.down = sorted.column === index && !sorted.down;
      sorted.column = index;
      first = 0;
      filter();
    });
    cell.appendChild(button);
    head.appendChild(cell);
  });

  function draw(from, to) {
    var part = document.createDocumentFragment();
    found.slice(from, to).forEach(function (row, index) {
      var line = make("tr");
      var id = "more-" + (from + index);
      var name = make("th");
      name.scope = "row";
      var button = breakable(make("button", "", "open"), row.address);
      button.type = "button";
      button.setAttribute("aria-controls", id);
      button.setAttribute("aria-expanded", String(!!opened[row.address]));
      button.addEventListener("click", function () {
        opened[row.address] = !opened[row.address];
        button.setAttribute("aria-expanded", String(opened[row.address]));
        if (opened[row.address]) { line.after(details(row, id)); } else { byId(id).remove(); }
      });
      name.appendChild(button);
      line.appendChild(name);
      columns.slice(1).forEach(function (column) { line.appendChild(column[3](row)); });
      part.appendChild(line);
      if (opened[row.address]) { part.appendChild(details(row, id)); }
    });
    body.replaceChildren(part);
  }

  var numbers = new Intl.NumberFormat(document.documentElement.lang);
  function number(value) { return numbers.format(value); }

  function show() {
    var last = Math.min(first + SLICE, found.length);
    draw(first, last);
    byId("count").textContent = number(found.length) + " " + t.of + " " + number(rows.length) + " " + t.results;
    byId("page").textContent = found.length ? number(first + 1) + "–" + number(last) + " " + t.shown : "";
    byId("previous").setAttribute("aria-disabled", String(first === 0));
    byId("next").setAttribute("aria-disabled", String(last >= found.length));
    Array.prototype.forEach.call(head.children, function (cell, index) {
      if (index === sorted.column) {
        cell.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      } else {
        cell.removeAttribute("aria-sort");
      }
    });
  }

  function filter() {
    var chosen = {};
    ["status", "kind", "system", "protocol", "party", "ends"].forEach(function (id) { chosen[id] = byId(id).value; });
    var words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    var whose = byId("structure").value.trim().toLowerCase();
    var until = "";
    data.limits.forEach(function (limit) { if (String(limit[0]) === chosen.ends) { until = limit[1]; } });
    found = rows.filter(function (row) {
      return (!chosen.status || row.status === chosen.status)
        && (!chosen.kind || row.kind === chosen.kind)
        && (!chosen.system || row.system === chosen.system)
        && (!chosen.protocol || row.protocol === chosen.protocol)
        && (!chosen.party || row.party === chosen.party)
        && (!chosen.ends || (row.ends && (until ? row.ends >= data.today && row.ends <= until : row.ends < data.today)))
        && (!whose || row.whose.indexOf(whose) >= 0)
        && words.every(function (word) { return row.all.indexOf(word) >= 0; });
    });
    var column = columns[sorted.column];
    var key = column[2] || function (row) { return row[column[0]]; };
    var way = sorted.down ? -1 : 1;
    // What has no value comes last, whichever way the rest is sorted.
    var keyed = found.map(function (row) { return [key(row) || "", row]; });
    keyed.sort(function (a, b) {
      if (a[0] === b[0]) { return a[1].address < b[1].address ? -1 : 1; }
      if (!a[0] || !b[0]) { return a[0] ? -1 : 1; }
      return (a[0] < b[0] ? -1 : 1) * way;
    });
    found = keyed.map(function (pair) { return pair[1]; });
    document.querySelectorAll(".card[data-filter]").forEach(function (card) {
      card.setAttribute("aria-pressed", String(chosen[card.dataset.filter] === card.dataset.value));
    });
    show();
  }

  function anew() { first = 0; filter(); }
  var tools = byId("tools");
  tools.addEventListener("input", anew);
  tools.addEventListener("submit", function (event) { event.preventDefault(); });
  tools.addEventListener("reset", function () { setTimeout(anew, 0); });
  document.querySelectorAll(".card[data-filter]").forEach(function (card) {
    card.addEventListener("click", function () {
      var field = byId(card.dataset.filter);
      field.value = field.value === card.dataset.value ? "" : card.dataset.value;
      anew();
    });
  });
  function turn(by) {
    var to = first + by;
    if (to < 0 || to >= found.length) { return; }
    first = to;
    show();
  }
  byId("previous").addEventListener("click", function () { turn(-SLICE); });
  byId("next").addEventListener("click", function () { turn(SLICE); });
  // On paper there are no pages to turn.
  addEventListener("beforeprint", function () { draw(0, PRINTED); });
  addEventListener("afterprint", show);
  filter();
})();
