import "../globals.css";
import type { Metadata, Viewport } from "next";
import { notFound } from "next/navigation";
import { Providers } from "@/components/providers";
import { TopBar } from "@/components/top-bar";
import { LANGUAGES, type Language } from "@/lib/languages";

export const metadata: Metadata = { title: { default: "CourtSight", template: "%s – CourtSight" }, robots: { index: false }, icons: "/icon.svg" };
export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };
export const dynamicParams = false;

export function generateStaticParams() {
  return LANGUAGES.map((lang) => ({ lang }));
}

export default async function Layout({ children, params }: LayoutProps<"/[lang]">) {
  const { lang } = await params;
  if (!LANGUAGES.some((language) => language === lang)) notFound();
  return (
    <html lang={lang} dir="ltr">
      <head>
        {/* Before the first paint, so that no page flashes. */}
        <script src="/boot.js" />
      </head>
      <body>
        <Providers language={lang as Language}>
          <TopBar />
          {children}
        </Providers>
      </body>
    </html>
  );
}
