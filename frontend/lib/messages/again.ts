import { words } from "../words";

/** What is asked before one goes on: to sign in again, or to prove who one is. */
export const again = words({
  en: {
    endedTitle: "Your session has ended",
    endedText: "What is on the page stays. Sign in again to go on.",
    endedOther: "Leave this page",
    proofTitle: "Is it you?",
    proofText: "What you are about to do cannot be undone easily. Show once more who you are.",
    proofPassword: "Password",
    proofCode: "Code of your authenticator app, or a recovery code",
    proofGo: "Go on",
    proofNothing: "I have no password: sign in again",
  },
  id: {
    endedTitle: "Sesi Anda telah berakhir",
    endedText: "Yang ada di halaman tetap ada. Masuk lagi untuk melanjutkan.",
    endedOther: "Tinggalkan halaman ini",
    proofTitle: "Apakah ini Anda?",
    proofText: "Yang akan Anda lakukan tidak mudah dibatalkan. Tunjukkan sekali lagi siapa Anda.",
    proofPassword: "Kata sandi",
    proofCode: "Kode aplikasi autentikator, atau kode pemulihan",
    proofGo: "Lanjutkan",
    proofNothing: "Saya tidak punya kata sandi: masuk lagi",
  },
  ar: {
    endedTitle: "انتهت جلستك",
    endedText: "ما في الصفحة باقٍ. سجّل الدخول مرة أخرى للمتابعة.",
    endedOther: "غادر هذه الصفحة",
    proofTitle: "هل هذا أنت؟",
    proofText: "ما ستفعله لا يسهل التراجع عنه. أثبت هويتك مرة أخرى.",
    proofPassword: "كلمة المرور",
    proofCode: "رمز تطبيق المصادقة أو رمز استرداد",
    proofGo: "تابع",
    proofNothing: "ليست لدي كلمة مرور: سجّل الدخول مجددًا",
  },
});
