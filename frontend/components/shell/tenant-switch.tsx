"use client";

import dynamic from "next/dynamic";
import { usePathname, useSearchParams } from "next/navigation";
import { useState } from "react";
import { MenuTrigger } from "../ui/menu-trigger";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { isId } from "@/lib/tenant-sections";
import { useTenant } from "@/lib/tenants";

const load = () => import("./tenant-switch-popup").then((all) => all.TenantSwitchPopup);
const Popup = dynamic(load, { ssr: false, loading: () => <span className="min-h-11 w-16" /> });
const INSIDE = /^\/[a-z]+\/tenant(?:\/|$)/;

/** In the top bar of whoever is signed in: the team whose page it is, and the way to the others. On phones the bar below leads to them. */
export function TenantSwitch() {
  const { t } = useWords(tenants);
  const path = usePathname();
  const id = useSearchParams().get("id") ?? "";
  const inside = INSIDE.test(path) && isId(id);
  const { data: tenant } = useTenant(inside ? id : "");
  const [opened, setOpened] = useState(false);
  const label = tenant ? (
    <>
      <span className="sr-only">{t("team")}: </span>
      <bdi className="inline-block max-w-40 truncate align-bottom">{tenant.name}</bdi>
    </>
  ) : (
    t("tenants")
  );
  return <div className="hidden tablet:block">{opened ? <Popup label={label} here={inside ? id : ""} /> : <MenuTrigger label={label} load={load} open={() => setOpened(true)} />}</div>;
}
