import { words } from "../words";

/** Forms of every room. */
export const forms = words({
  en: {
    saved: "Saved.",
    optional: "optional",
    hide: "Hide",
  },
  id: {
    saved: "Tersimpan.",
    optional: "opsional",
    hide: "Sembunyikan",
  },
  ar: {
    saved: "حُفظ.",
    optional: "اختياري",
    hide: "أخفِ",
  },
});
