"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { TimeChart, type Series } from "./time-chart";
import { BarChart } from "../chart";
import { Status } from "../ui/facts";
import { Table } from "../ui/list";
import { Broken, Skeleton } from "../ui/notices";
import { Tabs } from "../ui/tabs";
import { data } from "@/lib/api";
import { readAllStatistics, readUsage } from "@/lib/client/sdk.gen";
import type { AuthType, DashboardStatistics, SignIn, UsageDay, UserStatus } from "@/lib/client/types.gen";
import { dayOf, later, stepOf, together, type Step } from "@/lib/days";
import { useWords } from "@/lib/i18n";
import { dashboard } from "@/lib/messages/dashboard";
import { people } from "@/lib/messages/people";
import { useMay } from "@/lib/use-session";

const SPANS = [7, 30, 90, 365] as const;
const USUAL = 30;
const LISTED = 10; // groups in a chart
const SIGN_INS = 8;

/** How the service is used: figures, what needs a look, and charts of a time that the address names. */
export function Dashboard() {
  const { t, language, timeZone } = useWords(dashboard);
  const asked = Number(useSearchParams().get("days"));
  const days = SPANS.find((span) => span === asked) ?? USUAL;
  const last = dayOf(new Date(), timeZone);
  const query = { timezone: timeZone, from: later(last, 1 - days), to: last };
  const figures = useQuery({ queryKey: ["dashboard", query], placeholderData: keepPreviousData, queryFn: ({ signal }) => data(readAllStatistics({ query: { ...query, limit: SIGN_INS }, signal })) });
  const usage = useQuery({ queryKey: ["usage", query], placeholderData: keepPreviousData, queryFn: ({ signal }) => data(readUsage({ query, signal })) });
  const error = figures.error ?? usage.error;
  const home = `/${language}/administration`;
  if (error) return <Broken error={error} again={() => void Promise.all([figures.refetch(), usage.refetch()])} />;
  if (!figures.data || !usage.data) return <Skeleton />;
  return (
    <div aria-busy={figures.isPlaceholderData || usage.isPlaceholderData}>
      <Figures of={figures.data} />
      <div className="mt-10">
        <Tabs label={t("span")} here={String(days)} tabs={SPANS.map((span) => ({ id: String(span), name: t("lastDays", { count: span }), href: span === USUAL ? home : `${home}?days=${span}` }))} />
      </div>
      <NeedsLook usage={usage.data.data} />
      <Charts of={figures.data} usage={usage.data.data} step={stepOf(usage.data.data.length)} />
      <LastSignIns of={figures.data.recent_sign_ins.data} />
    </div>
  );
}

function Figures({ of: { overview } }: { of: DashboardStatistics }) {
  const { t, language, number } = useWords(dashboard);
  const may = useMay();
  const users = `/${language}/administration/users`;
  const all: [string, number, string?][] = [
    [t("accounts"), overview.total_users, users],
    [t("newAccounts"), overview.new_users_last_7_days],
    [t("signedInToday"), overview.signed_in_today, `${users}?sort=-last_sign_in_at`],
    [t("signedInMonth"), overview.signed_in_last_30_days],
    [t("openSessions"), overview.open_sessions],
    [t("suspended"), overview.suspended_users, `${users}?status=suspended`],
  ];
  return (
    <dl aria-label={t("figures")} className="grid grid-cols-2 gap-x-6 gap-y-6 tablet:grid-cols-3">
      {all.map(([name, count, href]) => (
        <div key={name} className="flex flex-col">
          <dt className="text-15 text-quiet">{name}</dt>
          <dd className="order-first font-serif text-34 leading-tight tabular-nums">
            {href && may("users.view") ? (
              <Link href={href} prefetch={false} className="text-ink">
                {number(count)}
              </Link>
            ) : (
              number(count)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const sum = (usage: readonly UsageDay[], of: (day: UsageDay) => number) => usage.reduce((all, day) => all + of(day), 0);

function NeedsLook({ usage }: { usage: readonly UsageDay[] }) {
  const { t, language } = useWords(dashboard);
  const may = useMay();
  const home = `/${language}/administration`;
  const lines = [
    { count: sum(usage, (day) => day.jobs_failed), text: "failedJobs" as const, href: `${home}/jobs?status=failed`, permission: "tasks.view" },
    { count: sum(usage, (day) => day.messages_failed), text: "failedMessages" as const, href: `${home}/messages?status=failed`, permission: "messages.view" },
  ].filter(({ count }) => count > 0);
  return (
    <section className="mt-6">
      <h2 className="sr-only">{t("needsLook")}</h2>
      {lines.length === 0 && <Status state="good">{<span className="whitespace-normal">{t("allWell")}</span>}</Status>}
      <ul>
        {lines.map(({ count, text, href, permission }) => (
          <li key={text}>
            <Status state="late">
              <span className="whitespace-normal">
                {may(permission) ? (
                  <Link href={href} prefetch={false} className="inline-block py-1">
                    {t(text, { count })}
                  </Link>
                ) : (
                  t(text, { count })
                )}
              </span>
            </Status>
          </li>
        ))}
      </ul>
    </section>
  );
}

const PER = { day: "perDay", week: "perWeek", month: "perMonth" } as const;

function Charts({ of, usage, step }: { of: DashboardStatistics; usage: readonly UsageDay[]; step: Step }) {
  const { t, language } = useWords(dashboard);
  const { t: say } = useWords(people);
  const home = `/${language}/administration`;
  const unit = (what: "unit_accounts" | "unit_signIns" | "unit_jobs" | "unit_messages") => `${t(what)} ${t(PER[step])}`;
  const total = (days: readonly UsageDay[], ...of: ((day: UsageDay) => number)[]) => of.map((each) => sum(days, each));
  const used = (...of: ((day: UsageDay) => number)[]) => together(usage, step).map(({ day, rows }) => ({ day, values: total(rows, ...of) }));
  const grown = together(of.user_growth.data, step).map(({ day, rows }) => ({ day, values: [rows.reduce((all, row) => all + row.new_users, 0)] }));
  const parts = (well: string, badly: string): Series[] => [{ name: well }, { name: badly, late: true }];
  const groups = of.role_statistics.data.filter(({ users }) => users > 0).slice(0, LISTED);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-12 pt-8 wide:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <TimeChart title={t("chart_signIns")} unit={unit("unit_signIns")} series={[{ name: t("chart_signIns") }]} columns={used((day) => day.sign_ins)} />
      <TimeChart title={t("chart_new")} unit={unit("unit_accounts")} series={[{ name: t("chart_new") }]} columns={grown} />
      <TimeChart title={t("chart_jobs")} unit={unit("unit_jobs")} series={parts(t("done"), t("failed"))} columns={used((day) => day.jobs_succeeded, (day) => day.jobs_failed)} />
      <TimeChart title={t("chart_messages")} unit={unit("unit_messages")} series={parts(t("sent"), t("givenUp"))} columns={used((day) => day.messages_sent, (day) => day.messages_failed)} />
      <BarChart
        title={t("byState")}
        unit={t("accounts")}
        total={of.users_by_status.total_count}
        bars={of.users_by_status.data.map(({ value, count }) => ({ name: say(`status_${value as UserStatus}`), count, href: `${home}/users?status=${value}` }))}
      />
      <BarChart
        title={t("byWay")}
        unit={t("accounts")}
        total={of.users_by_auth_type.total_count}
        bars={of.users_by_auth_type.data.filter(({ count }) => count > 0).map(({ value, count }) => ({ name: say(`auth_${value as AuthType}`), count, href: `${home}/users?auth_type=${value}` }))}
      />
      <BarChart
        title={t("byGroup")}
        unit={t("accounts")}
        total={of.overview.total_users}
        bars={groups.map(({ group, users }) => ({ name: group, count: users, href: `${home}/groups?search=${encodeURIComponent(group)}` }))}
      />
    </div>
  );
}

function LastSignIns({ of }: { of: readonly SignIn[] }) {
  const { t, language, moment } = useWords(dashboard);
  const may = useMay();
  return (
    <section className="mt-12">
      <h2 className="mb-2 text-17 font-semibold">{t("lastSignIns")}</h2>
      {of.length === 0 ? (
        <p className="text-quiet">{t("nobodyYet")}</p>
      ) : (
        <Table<SignIn>
          label={t("lastSignIns")}
          rows={of}
          rowKey={({ user_id, signed_in_at }) => `${user_id} ${signed_in_at}`}
          columns={[
            {
              key: "who",
              title: t("who"),
              cell: ({ user_id, name, username }) =>
                may("users.view") ? (
                  <Link href={`/${language}/administration/users/user?id=${user_id}`} prefetch={false}>
                    <bdi dir="auto">{name || username}</bdi>
                  </Link>
                ) : (
                  <bdi dir="auto">{name || username}</bdi>
                ),
            },
            { key: "when", title: t("when"), cell: ({ signed_in_at }) => moment(signed_in_at) },
            { key: "device", title: t("device"), cell: ({ device, browser }) => <bdi>{[device, browser].filter(Boolean).join(" · ") || "–"}</bdi> },
          ]}
        />
      )}
    </section>
  );
}
