import { TRIGGER } from "./menu-look";

interface MenuTriggerProps {
  label: React.ReactNode;
  /** Fetches the menu: somebody is about to open it. */
  load: () => Promise<unknown>;
  open: () => void;
  className?: string;
}

/** The button of a menu that is not there yet. */
export function MenuTrigger({ label, load, open, className = "" }: MenuTriggerProps) {
  return (
    <button
      type="button"
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={open}
      className={`${TRIGGER} ${className}`}
    >
      {label} <span aria-hidden>▾</span>
    </button>
  );
}
