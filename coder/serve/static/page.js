// What textual.js leaves to the page: the keyboard, downloads without a pop-up, and why a session ended.
"use strict";

(() => {
  // the application has uses for these; the browser has its own (help, search, reload, print, save)
  const FUNCTION_KEYS = ["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10"];
  const LETTERS = ["d", "e", "f", "g", "h", "j", "k", "l", "o", "p", "s", "u", "y", "z"];

  const isLetter = (event, letters) =>
    event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey && letters.includes(event.key.toLowerCase());

  window.addEventListener(
    "keydown",
    (event) => {
      if (FUNCTION_KEYS.includes(event.key) && !event.altKey && !event.metaKey) {
        event.preventDefault();
      } else if (isLetter(event, LETTERS)) {
        event.preventDefault();
      } else if (isLetter(event, ["v"])) {
        // the terminal would take it for a key; the browser pastes
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  // textual.js opens a window for a download, which browsers stop when the export took long
  const open = window.open.bind(window);
  window.open = (address, ...rest) => {
    const url = new URL(address, window.location.href);
    if (url.origin !== window.location.origin || !url.pathname.startsWith("/download/")) {
      return open(address, ...rest);
    }
    const link = document.createElement("a");
    link.href = url.href;
    link.download = "";
    document.body.append(link);
    link.click();
    link.remove();
    return null;
  };

  const focusTerminal = () => document.querySelector(".xterm-helper-textarea")?.focus();

  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", (event) => {
        if (typeof event.data !== "string") {
          return;
        }
        const [kind, line] = JSON.parse(event.data);
        if (kind === "ended") {
          document.querySelector("#reason").textContent = line;
        }
      });
      this.addEventListener("open", focusTerminal);
      this.addEventListener("close", () => setTimeout(() => document.querySelector("#again").focus()));
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("#again").addEventListener("click", () => window.location.replace("/"));
  });
})();
