"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { Menu, MenuLink } from "../ui/menu";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";
import { samePage } from "@/lib/tenant-sections";
import { useTenants } from "@/lib/tenants";

const MOST = 10; // the rest is in the list

/** The teams of whoever is signed in; each leads to the page that shows now, of that team. */
export function TenantSwitchPopup({ label, here }: { label: React.ReactNode; here: string }) {
  const { t, language } = useWords(tenants);
  const path = usePathname();
  const of = useSearchParams().get("of");
  const { data: mine = [], isPending } = useTenants();
  return (
    <Menu label={label} startsOpen>
      {isPending && <p className="px-4 py-2 text-15 text-quiet">{t("loading")}</p>}
      {mine.slice(0, MOST).map(({ id, name, role }) => (
        <MenuLink key={id} href={`/${language}${samePage(path, id, of)}`}>
          <span aria-hidden className="w-4">
            {id === here && "✓"}
          </span>
          <bdi dir="auto" className="max-w-60 flex-1 truncate">
            {name}
          </bdi>
          <span className="text-13 text-quiet">{t(`role_${role}`)}</span>
        </MenuLink>
      ))}
      <div className="border-t border-line pt-1">
        <MenuLink href={`/${language}/tenants`}>{t("allTeams")}</MenuLink>
      </div>
    </Menu>
  );
}
