/** How the button of a menu looks, also before the menu itself is there. */
export const TRIGGER = "min-h-11 rounded px-2 py-1 text-15 text-ink hover:bg-raised data-[popup-open]:bg-raised";
