/** A word on a button that stands in every row; who hears the page hears of which row it is. */
export function Of({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      {children}
      <span className="sr-only">: {name}</span>
    </>
  );
}
