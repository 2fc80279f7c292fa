// Before the first paint: the theme that was chosen. No choice follows the system.
(function () {
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    // Storage is shut: the system's theme stays.
  }
})();
