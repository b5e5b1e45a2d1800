"use strict";
(function () {
  var body = document.body;
  var key = body.dataset.key;
  var columns = body.dataset.columns.split(";");
  var steps = Array.prototype.slice.call(document.querySelectorAll(".step"));
  var byNumber = {};
  steps.forEach(function (step) { byNumber[step.id.slice(1)] = step; });

  // What was ticked and noted, by the id of the step. A browser may refuse to keep it: the page works all the same.
  var kept = {};
  try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch (error) { kept = {}; }
  function keep() {
    try { localStorage.setItem(key, JSON.stringify(kept)); } catch (error) { /* nothing is kept */ }
  }
  function of(step) {
    var id = step.dataset.id;
    if (!kept[id]) { kept[id] = { done: false, notes: {} }; }
    return kept[id];
  }

  function isDone(step) { return of(step).done; }
  function isBlocked(step) {
    return step.dataset.after.split(" ").some(function (number) {
      return number && byNumber[number] && !isDone(byNumber[number]);
    });
  }
  function close(step, closed) {
    step.classList.toggle("is-closed", closed);
    step.querySelector(".title").setAttribute("aria-expanded", String(!closed));
  }

  function show() {
    var done = steps.filter(isDone).length;
    document.getElementById("done").textContent = done;
    document.querySelector(".bar").style.width = (steps.length ? 100 * done / steps.length : 100) + "%";
    document.querySelector(".progress").setAttribute("aria-valuenow", done);
    steps.forEach(function (step) {
      step.classList.toggle("is-done", isDone(step));
      step.classList.toggle("is-blocked", !isDone(step) && isBlocked(step));
    });
    filter();
  }

  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }
  var texts = steps.map(function (step) { return plain(step.textContent + " " + step.dataset.id); });
  function filter() {
    var words = plain(document.getElementById("search").value).split(/\s+/).filter(Boolean);
    var siret = document.getElementById("structure").value;
    var state = document.getElementById("state").value;
    var shown = 0;
    steps.forEach(function (step, index) {
      var fits = words.every(function (word) { return texts[index].indexOf(word) >= 0; })
        && (!siret || step.dataset.siret === siret)
        && (!state || (state === "done") === isDone(step))
        && (state !== "ready" || !isBlocked(step));
      step.hidden = !fits;
      if (fits) { shown += 1; }
    });
    document.getElementById("none").hidden = shown > 0;
  }

  function copy(text) {
    if (navigator.clipboard && navigator.clipboard.writeText) { return navigator.clipboard.writeText(text); }
    var area = document.createElement("textarea");
    area.value = text;
    body.appendChild(area);
    area.select();
    var copied = document.execCommand("copy");
    area.remove();
    return copied ? Promise.resolve() : Promise.reject(new Error("copy"));
  }

  steps.forEach(function (step) {
    var tick = step.querySelector(".done");
    tick.checked = isDone(step);
    close(step, isDone(step));
    tick.addEventListener("change", function () {
      of(step).done = tick.checked;
      keep();
      close(step, tick.checked);
      show();
    });
    step.querySelector(".title").addEventListener("click", function () {
      close(step, !step.classList.contains("is-closed"));
    });
    Array.prototype.forEach.call(step.querySelectorAll("[data-column]"), function (input) {
      input.value = of(step).notes[input.dataset.column] || "";
      input.addEventListener("input", function () {
        of(step).notes[input.dataset.column] = input.value;
        keep();
      });
    });
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest(".copy");
    if (!button) { return; }
    copy(button.dataset.value).then(function () {
      button.textContent = "Copié";
      button.classList.add("is-copied");
    }, function () {
      button.textContent = "Non copié";
    }).then(function () {
      setTimeout(function () {
        button.textContent = "Copier";
        button.classList.remove("is-copied");
      }, 1500);
    });
  });

  ["search", "structure", "state"].forEach(function (id) {
    document.getElementById(id).addEventListener("input", filter);
  });
  document.getElementById("fold").addEventListener("click", function (event) {
    var closes = steps.some(function (step) { return !step.classList.contains("is-closed"); });
    steps.forEach(function (step) { close(step, closes); });
    event.target.textContent = closes ? "Tout déplier" : "Tout replier";
  });

  // A cell of a CSV for French spreadsheets; nothing in it is taken for a formula.
  function cell(text) {
    var safe = /^[=+\-@\t]/.test(text) ? "'" + text : text;
    return /[";\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  }
  function filled() {
    var lines = [columns.map(cell).join(";")];
    steps.forEach(function (step) {
      var notes = of(step).notes;
      var fixed = { numero: step.id.slice(1), etape: step.dataset.id, adresse: step.dataset.address, siret: step.dataset.siret, apres: step.dataset.after };
      // A tick says that the step is done, unless something else was noted.
      var outcome = notes.resultat || (isDone(step) && !step.dataset.id.match(/-verify$/) ? "fait" : "");
      lines.push(columns.map(function (column) {
        return cell(fixed[column] || (column === "resultat" ? outcome : notes[column]) || "");
      }).join(";"));
    });
    return "\ufeff" + lines.join("\r\n") + "\r\n";
  }
  document.getElementById("export").addEventListener("click", function () {
    var link = document.createElement("a");
    link.href = "data:text/csv;charset=utf-8," + encodeURIComponent(filled());
    link.download = "etapes.csv";
    link.click();
  });

  show();
}());
