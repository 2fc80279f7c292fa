import "./globals.css";

export default function NotFound() {
  return (
    <html lang="en">
      <head>
        <title>404</title>
        <script src="/boot.js" />
      </head>
      <body>
        <main className="mx-auto max-w-read px-4 pt-24">
          <h1 className="font-serif text-34">404</h1>
          <p className="mt-2 text-quiet" lang="id">Halaman itu tidak ada.</p>
          <p className="text-quiet">There is no such page.</p>
          <p className="mt-6"><a href="/">CourtSight</a></p>
        </main>
      </body>
    </html>
  );
}
