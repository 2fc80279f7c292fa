"use client";

import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { useSession } from "@/lib/use-session";

const READING = /^\/[a-z]+\/decision/; // a decision has a bar of its own there
const Places = dynamic(() => import("./bottom-bar-places").then((all) => all.BottomBarPlaces), { ssr: false });

/** On phones, for whoever is signed in: the places one goes to most. */
export function BottomBar() {
  const { status } = useSession();
  const path = usePathname();
  return status === "in" && !READING.test(path) ? <Places /> : null;
}
