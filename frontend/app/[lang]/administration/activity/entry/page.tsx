import { Suspense } from "react";
import { Entry } from "@/components/administration/entry";
import { trail } from "@/lib/messages/activity";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(trail, "entry");

export default function Page() {
  return (
    <Suspense>
      <Entry />
    </Suspense>
  );
}
