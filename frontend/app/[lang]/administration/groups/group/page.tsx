import { Suspense } from "react";
import { Group } from "@/components/administration/group";
import { people } from "@/lib/messages/people";
import { titled } from "@/lib/titled";

export const generateMetadata = titled(people, "group");

export default function Page() {
  return (
    <Suspense>
      <Group />
    </Suspense>
  );
}
