import { words } from "../words";

/** The command palette: everything that can be reached by typing its name. */
export const palette = words({
  en: {
    title: "Go to a page, or do something",
    hint: "A page, a team, a setting, or what to search for",
    pages: "Pages",
    thisTeam: "This team",
    searching: "Decisions",
    searchFor: "Search decisions for “{text}”",
    count: { one: "{count} result", other: "{count} results" },
    nothing: "Nothing has this name.",
    keys: "↑ ↓ to choose, Enter to go",
  },
  id: {
    title: "Buka halaman, atau lakukan sesuatu",
    hint: "Halaman, tim, pengaturan, atau yang ingin dicari",
    pages: "Halaman",
    thisTeam: "Tim ini",
    searching: "Putusan",
    searchFor: "Cari putusan tentang “{text}”",
    count: "{count} hasil",
    nothing: "Tidak ada yang bernama begitu.",
    keys: "↑ ↓ untuk memilih, Enter untuk membuka",
  },
  ar: {
    title: "اذهب إلى صفحة أو افعل شيئًا",
    hint: "صفحة أو فريق أو إعداد أو ما تبحث عنه",
    pages: "الصفحات",
    thisTeam: "هذا الفريق",
    searching: "الأحكام",
    searchFor: "ابحث في الأحكام عن «{text}»",
    count: { zero: "لا نتائج", one: "نتيجة واحدة", two: "نتيجتان", few: "{count} نتائج", many: "{count} نتيجة", other: "{count} نتيجة" },
    nothing: "لا شيء بهذا الاسم.",
    keys: "↑ ↓ للاختيار، وEnter للذهاب",
  },
});
