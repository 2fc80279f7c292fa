import type { Metadata } from "next";
import { Suspense } from "react";
import { Statistics } from "@/components/statistics";

export const metadata: Metadata = { title: "Statistics" };

export default function Page() {
  return (
    <Suspense>
      <Statistics />
    </Suspense>
  );
}
