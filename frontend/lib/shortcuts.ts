/** The event of the window that opens the command palette. */
export const PALETTE = "palette";

/** How the shortcut is written on this machine. */
export const paletteKeys = (): string => (/Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘K" : "Ctrl K");
