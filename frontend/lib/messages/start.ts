import { words } from "../words";

/** The first page of a service that has no one application to begin with. */
export const start = words({
  en: {
    applications: "Applications",
    noApplications: "Only the platform runs here: no application is installed.",
  },
  id: {
    applications: "Aplikasi",
    noApplications: "Hanya platform yang berjalan di sini: tidak ada aplikasi yang terpasang.",
  },
  ar: {
    applications: "التطبيقات",
    noApplications: "لا يعمل هنا سوى المنصة: لم يُثبَّت أي تطبيق.",
  },
});
