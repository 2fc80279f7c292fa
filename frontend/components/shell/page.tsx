"use client";

import { Suspense } from "react";
import { Private } from "./private";
import { Back } from "../ui/back";
import { Skeleton } from "../ui/notices";
import { useArrival } from "@/lib/use-arrival";

interface PageProps {
  title: React.ReactNode;
  /** The way back: to what this page is a part of. */
  back?: { href: string; name: string };
  /** For whoever is signed in alone. */
  signedIn?: boolean;
  /** Between the title and what follows: tabs. */
  under?: React.ReactNode;
  children: React.ReactNode;
}

/** The middle of a page: the way back, its title, and what it is for. After a change of page the title is focused, so that it is heard. */
export function Page({ title, back, signedIn = false, under, children }: PageProps) {
  const heading = useArrival();
  return (
    <main id="main" className="mx-auto max-w-page px-4 pb-16">
      {back && (
        <p className="pt-4 text-15">
          <Back {...back} />
        </p>
      )}
      <h1 ref={heading} tabIndex={-1} className="pt-6 pb-4 font-serif text-34 font-semibold outline-none">
        {title}
      </h1>
      {under}
      <div className="pt-2">{signedIn ? <Private>{children}</Private> : <Suspense fallback={<Skeleton rows={3} />}>{children}</Suspense>}</div>
    </main>
  );
}
