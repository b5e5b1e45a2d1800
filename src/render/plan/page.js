(function () {
  var tools = document.getElementById("tools");
  if (!tools) { return; }
  var field = document.getElementById("text");
  var count = document.getElementById("count");
  var changes = Array.prototype.slice.call(document.querySelectorAll(".change"));
  var texts = changes.map(function (change) { return change.textContent.toLowerCase(); });
  function filter() {
    var words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    changes.forEach(function (change, index) {
      change.hidden = !words.every(function (word) { return texts[index].indexOf(word) >= 0; });
      if (!change.hidden) { shown += 1; }
    });
    count.textContent = shown + " / " + changes.length + " " + count.dataset.text;
  }
  tools.addEventListener("input", filter);
  tools.addEventListener("submit", function (event) { event.preventDefault(); });
  // What is folded is printed too, and folded again.
  var folded = [];
  addEventListener("beforeprint", function () {
    folded = changes.filter(function (change) { return !change.open; });
    folded.forEach(function (change) { change.open = true; });
  });
  addEventListener("afterprint", function () {
    folded.forEach(function (change) { change.open = false; });
  });
  filter();
})();
