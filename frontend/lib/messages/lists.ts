import { words } from "../words";

/** Lists of every room. */
export const lists = words({
  en: {
    sortBy: "Sort by {name}",
    find: "Find",
    nothingThere: "There is nothing here yet.",
    nothingFits: "Nothing fits these filters.",
  },
  id: {
    sortBy: "Urutkan menurut {name}",
    find: "Temukan",
    nothingThere: "Belum ada apa-apa di sini.",
    nothingFits: "Tidak ada yang cocok dengan saringan ini.",
  },
  ar: {
    sortBy: "رتّب حسب {name}",
    find: "ابحث",
    nothingThere: "لا شيء هنا بعد.",
    nothingFits: "لا شيء يطابق هذه المرشّحات.",
  },
});
