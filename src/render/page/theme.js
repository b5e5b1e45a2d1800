"use strict";
document.documentElement.classList.add("js");
(function () {
  // The theme: that of the system, until a person chooses. A browser may refuse to keep the choice.
  var button = document.getElementById("theme");
  var names = JSON.parse(button.dataset.names);
  var schemes = ["light dark", "light", "dark"];
  var chosen = 0;
  try { chosen = Math.max(0, schemes.indexOf(localStorage.getItem("raccord:theme"))); } catch (error) { chosen = 0; }
  function show() {
    document.documentElement.style.colorScheme = schemes[chosen];
    button.textContent = names[chosen];
  }
  button.addEventListener("click", function () {
    chosen = (chosen + 1) % schemes.length;
    try { localStorage.setItem("raccord:theme", schemes[chosen]); } catch (error) { /* it is not kept */ }
    show();
  });
  show();
})();
