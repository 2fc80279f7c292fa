import { expect, it } from "vitest";
import { faults } from "./rules.mjs";

it.each([
  'className="text-[#ff0000]"', 'style={{ color: "#fff" }}', "background: rgb(1 2 3)", 'className="w-[17px]"', 'className="ml-4"',
  'className="flex -mr-2"', 'className="tablet:pl-4"', 'className="absolute left-0"', 'className="text-left"', 'className="border-r-2"',
  "style={{ marginLeft: 4 }}", "<Link href={a} prefetch={true}>", "<Link prefetch href={a}>", "<Link href={a} prefetch>",
  "<p dangerouslySetInnerHTML={{ __html: a }} />", "element.innerHTML = a", "<style>{css}</style>",
])("refuses %s", (line) => expect(faults(line)).toHaveLength(1));

it.each([
  'className="ms-4 pe-2 start-0 text-start"', '<a href="#main">', "href={`#${section.name}`}", "<Link href={a} prefetch={false}>",
  'className="wide:grid-cols-[12rem_minmax(0,1fr)_16rem]"', "const left = 3;", "a left-over",
  'label="right away"', "queryClient.prefetchQuery(a)", 'className="mt-4 mx-auto px-4 leading-6"',
])("lets %s pass", (line) => expect(faults(line)).toEqual([]));
