import "../globals.css";
import type { Metadata, Viewport } from "next";
import { notFound } from "next/navigation";
import { BottomBar } from "@/components/shell/bottom-bar";
import { PaletteLauncher } from "@/components/shell/palette-launcher";
import { Providers } from "@/components/shell/providers";
import { TopBar } from "@/components/shell/top-bar";
import { LANGUAGES, direction, type Language } from "@/lib/languages";

export const metadata: Metadata = { title: "CourtSight", icons: "/icon.svg" };
export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };
export const dynamicParams = false;

export function generateStaticParams() {
  return LANGUAGES.map((lang) => ({ lang }));
}

export default async function Layout({ children, params }: LayoutProps<"/[lang]">) {
  const { lang } = await params;
  if (!LANGUAGES.some((language) => language === lang)) notFound();
  return (
    <html lang={lang} dir={direction(lang as Language)}>
      <head>
        {/* Before the first paint, so that no page flashes. */}
        <script src="/boot.js" />
      </head>
      <body>
        <Providers language={lang as Language}>
          <TopBar />
          {children}
          <BottomBar />
          <PaletteLauncher />
        </Providers>
      </body>
    </html>
  );
}
