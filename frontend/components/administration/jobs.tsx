"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { ListPage, withPlace } from "./frame";
import { Status, type State } from "../ui/facts";
import { List } from "../ui/list";
import { Empty } from "../ui/notices";
import { Tabs } from "../ui/tabs";
import { data } from "@/lib/api";
import { listScheduledTasks, listTasks } from "@/lib/client/sdk.gen";
import type { JobStatus, ScheduledTask, TaskRead } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { operations } from "@/lib/messages/operations";

export const JOBS = ["jobs"];
export const STATUSES: readonly JobStatus[] = ["queued", "running", "succeeded", "failed", "cancelled"];
const LOOKS: Record<JobStatus, State> = { queued: "open", running: "open", succeeded: "good", failed: "late", cancelled: "off" };
const SEEN = 100; // of the newest jobs, whose names can be chosen

/** What runs in the background. */
export function Jobs() {
  return (
    <ListPage>
      <AllJobs />
    </ListPage>
  );
}

/** What runs by the clock. */
export function Scheduled() {
  return (
    <ListPage>
      <ByClock />
    </ListPage>
  );
}

export function JobState({ status }: { status: JobStatus }) {
  const { t } = useWords(operations);
  return <Status state={LOOKS[status]}>{t(`job_${status}`)}</Status>;
}

function Parts({ here }: { here: "jobs" | "clock" }) {
  const { t, language } = useWords(operations);
  const home = `/${language}/administration/jobs`;
  return (
    <Tabs
      label={t("jobs")}
      here={here}
      tabs={[
        { id: "jobs", name: t("jobs"), href: home },
        { id: "clock", name: t("byClock"), href: `${home}/scheduled` },
      ]}
    />
  );
}

/** How many jobs there are of each state; each leads to those. */
function ByState() {
  const { t, language } = useWords(operations);
  const counts = useQuery({
    queryKey: [...JOBS, "counts"],
    queryFn: ({ signal }) => Promise.all(STATUSES.map(async (status) => [status, (await data(listTasks({ query: { status, items_per_page: 1 }, signal }))).total_count ?? 0] as const)),
  });
  return (
    <ul aria-label={t("jobsNow")} className="flex min-h-14 flex-wrap gap-x-6 gap-y-3 py-4 text-15">
      {counts.data?.map(([status, count]) => (
        <li key={status}>
          <Status state={LOOKS[status]}>
            <Link href={`/${language}/administration/jobs?status=${status}`} prefetch={false} className="inline-block py-1">
              {t(`jobCount_${status}`, { count })}
            </Link>
          </Status>
        </li>
      ))}
    </ul>
  );
}

function AllJobs() {
  const { t, language, moment } = useWords(operations);
  const parameters = useSearchParams();
  const named = parameters.get("name");
  const seen = useQuery({
    queryKey: [...JOBS, "names"],
    queryFn: async ({ signal }) => {
      const [newest, clock] = await Promise.all([
        data(listTasks({ query: { items_per_page: SEEN }, signal })),
        data(listScheduledTasks({ query: { items_per_page: SEEN }, signal })),
      ]);
      return [...newest.data, ...clock.data].map(({ name }) => name);
    },
  });
  const names = [...new Set([...(seen.data ?? []), ...(named ? [named] : [])])].sort();
  return (
    <List<TaskRead>
      title={t("jobs")}
      queryKey={JOBS}
      sort="-created_at"
      load={(query, signal) => data(listTasks({ query, signal }))}
      rowKey={({ id }) => id}
      above={
        <>
          <Parts here="jobs" />
          <ByState />
        </>
      }
      filters={[
        { name: "status", label: t("state"), choices: STATUSES.map((each) => [each, t(`job_${each}`)] as const) },
        { name: "name", label: t("name"), choices: names.map((each) => [each, each] as const) },
      ]}
      empty={<Empty title={t("jobsNone")} />}
      csv={{ url: "/api/v1/tasks", name: "jobs.csv" }}
      columns={[
        {
          key: "name",
          title: t("name"),
          sort: "name",
          cell: ({ id, name, error }) => (
            <>
              <Link href={withPlace(`/${language}/administration/jobs/job`, id, parameters.toString())} prefetch={false}>
                <bdi>{name}</bdi>
              </Link>
              {error && (
                <span className="line-clamp-2 text-13 font-normal text-quiet">
                  <bdi dir="auto">{error}</bdi>
                </span>
              )}
            </>
          ),
        },
        { key: "status", title: t("state"), sort: "status", cell: ({ status }) => <JobState status={status} /> },
        { key: "tries", title: t("tries"), cell: ({ attempt, max_attempts }) => t("triesOf", { done: attempt, most: max_attempts }) },
        { key: "made", title: t("made"), sort: "created_at", cell: ({ created_at }) => moment(created_at) },
        { key: "finished", title: t("finished"), sort: "finished_at", cell: ({ finished_at }) => (finished_at ? moment(finished_at) : "–") },
      ]}
    />
  );
}

function ByClock() {
  const { t, language, moment } = useWords(operations);
  return (
    <List<ScheduledTask>
      title={t("byClock")}
      queryKey={["scheduled"]}
      load={(query, signal) => data(listScheduledTasks({ query, signal }))}
      rowKey={({ name }) => name}
      above={<Parts here="clock" />}
      empty={<Empty title={t("clockNone")} />}
      columns={[
        {
          key: "name",
          title: t("name"),
          cell: ({ name, description }) => (
            <>
              <Link href={`/${language}/administration/jobs?name=${encodeURIComponent(name)}`} prefetch={false}>
                <bdi>{name}</bdi>
              </Link>
              <span className="block text-13 font-normal text-quiet">
                <bdi dir="auto">{description}</bdi>
              </span>
            </>
          ),
        },
        { key: "cron", title: t("when_cron"), cell: ({ cron }) => <code dir="ltr">{cron}</code> },
        { key: "last", title: t("lastRun"), cell: ({ last_run_at }) => (last_run_at ? moment(last_run_at) : t("notYet")) },
        { key: "next", title: t("nextRun"), cell: ({ next_run_at }) => moment(next_run_at) },
      ]}
    />
  );
}
