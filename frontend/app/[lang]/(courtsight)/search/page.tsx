import type { Metadata } from "next";
import { Suspense } from "react";
import { Results } from "@/components/results";

export const metadata: Metadata = { title: "Search" };

export default function Page() {
  return (
    <Suspense>
      <Results />
    </Suspense>
  );
}
