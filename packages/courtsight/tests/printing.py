"""Prints decisions as PDFs in the shapes that courts and their directory give them: frames, columns, rotated pages."""

from __future__ import annotations

import io
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
SIZE, LEADING = 11, 16
TOP, LEFT = HEIGHT - 110, 90
NAME = "Mahkamah Agung Republik Indonesia"
DISCLAIMER = (
    "Disclaimer",
    "Kepaniteraan Mahkamah Agung Republik Indonesia berusaha untuk selalu mencantumkan informasi paling kini",
    "sebagai bentuk komitmen Mahkamah Agung untuk pelayanan publik. Namun dalam hal-hal",
    "tertentu masih dimungkinkan terjadi permasalahan teknis terkait dengan akurasi informasi.",
    "Email : kepaniteraan@example.invalid    Telp : 000-000 0000 (ext.318)",
)

CRIMINAL = """PUTUSAN FIKTIF
P U T U S A N
Nomor 12/Pid.B/2014/PN Cth
DEMI KEADILAN BERDASARKAN KETUHANAN YANG MAHA ESA
Pengadilan Negeri Kota Contoh yang mengadili perkara pidana dengan acara pemeriksaan biasa pada
tingkat pertama menjatuhkan putusan sebagai berikut dalam perkara Terdakwa:
1. Nama lengkap : Terdakwa Contoh;
2. Tempat lahir : Kota Contoh;
3. Pekerjaan : Pedagang;
Terdakwa ditahan dalam tahanan rutan oleh:
1. Penyidik sejak tanggal 1 Maret 2014 sampai dengan tanggal 20 Maret 2014;
Terdakwa tidak didampingi oleh Penasihat Hukum;
Pengadilan Negeri tersebut;
Setelah membaca berkas perkara;
Setelah mendengar pembacaan tuntutan pidana yang diajukan oleh Penuntut Umum yang pada pokoknya:
1. Menyatakan Terdakwa Contoh bersalah melakukan tindak pidana pencurian;
Menimbang, bahwa Terdakwa diajukan ke persidangan oleh Penuntut Umum didakwa sebagai berikut:
Bahwa ia Terdakwa mengambil sepeda milik Saksi Contoh, diancam pidana dalam Pasal 362 KUHP;
Menimbang, bahwa untuk membuktikan dakwaannya Penuntut Umum telah mengajukan Saksi-Saksi:
1. Saksi Contoh menerangkan bahwa sepedanya hilang;
Menimbang, bahwa berdasarkan alat bukti dan barang bukti yang diajukan diperoleh fakta-fakta hukum:
- Bahwa sepeda itu diambil pada malam hari;
Menimbang, bahwa selanjutnya Majelis Hakim akan mempertimbangkan apakah berdasarkan fakta-fakta hukum
tersebut di atas, Terdakwa dapat dinyatakan telah melakukan tindak pidana yang didakwakan kepadanya;
Memperhatikan, Pasal 362 KUHP dan Undang-Undang Nomor 8 Tahun 1981 tentang Hukum Acara Pidana;
MENGADILI:
1. Menyatakan Terdakwa Contoh terbukti secara sah dan meyakinkan bersalah;
Demikianlah diputuskan dalam sidang permusyawaratan Majelis Hakim pada hari Senin, tanggal 23 Juni 2014
oleh kami, Hakim Satu, S.H., M.H., sebagai Hakim Ketua, Hakim Dua, S.H. dan Hakim Tiga, S.H., M.Hum.,
masing-masing sebagai Hakim Anggota, yang diucapkan dalam sidang terbuka untuk umum pada hari Rabu,
tanggal 25 Juni 2014 dibantu oleh Panitera Satu, S.H., Panitera Pengganti.
"""


@dataclass(frozen=True)
class Shape:
    """How the pages are printed; `frame` is "", "new", "old", "letters" or "pieces"."""

    frame: str = ""
    lines_per_page: int = 14
    rotated: int = 0
    drawn_turned: bool = False
    scanned: bool = False
    copy_mark: bool = False


def print_pdf(text: str, shape: Shape = Shape()) -> bytes:
    """The text, a line for a line, on as many pages as it takes."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, invariant=1)
    lines = text.splitlines()
    step = shape.lines_per_page
    pages = [lines[start : start + step] for start in range(0, len(lines), step)] or [[]]
    for number, page in enumerate(pages, start=1):
        if shape.rotated:
            canvas.setPageRotation(shape.rotated)
        if shape.drawn_turned:
            _turn(canvas, shape.rotated)
        _under(canvas, shape)
        _write(canvas, page, shape)
        _over(canvas, shape, number)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _turn(canvas: Canvas, degrees: int) -> None:
    """Draw so that the page reads upright although it is rotated, as scanners and printers do."""
    if degrees == 90:
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
    elif degrees == 180:
        canvas.translate(WIDTH, HEIGHT)
        canvas.rotate(180)
    elif degrees == 270:
        canvas.translate(0, HEIGHT)
        canvas.rotate(-90)


def _top(shape: Shape) -> float:
    return (WIDTH if shape.drawn_turned and shape.rotated in {90, 270} else HEIGHT) - 110


def _write(canvas: Canvas, lines: list[str], shape: Shape) -> None:
    if shape.scanned:
        canvas.setFillGray(0.9)
        canvas.drawInlineImage(_picture(), 60, 90, WIDTH - 120, HEIGHT - 200)
        return
    canvas.setFont("Times-Roman", SIZE)
    canvas.setFillGray(0)
    for place, line in enumerate(lines):
        height = _top(shape) - LEADING * place
        if shape.frame == "pieces" and place in {3, 6, 9}:
            piece = {3: "hkama", 6: "ahkamah Agung Repub", 9: "blik Indonesi"}[place]
            canvas.drawString(LEFT + 120, height + LEADING / 2, piece)
        canvas.drawString(LEFT, height, line)


def _picture() -> object:
    from PIL import Image

    return Image.effect_noise((200, 260), 90).convert("RGB")


def _under(canvas: Canvas, shape: Shape) -> None:
    """What is stamped across the page, before or after the text: the order of drawing tells nothing."""
    if shape.frame == "new":
        canvas.saveState()
        canvas.setFillGray(0.85)
        canvas.setFont("Helvetica-Bold", 28)
        for place in range(5):
            canvas.saveState()
            canvas.translate(60, 60 + 150 * place)
            canvas.rotate(35)
            canvas.drawString(0, 0, NAME)
            canvas.restoreState()
        canvas.restoreState()
    elif shape.frame == "old":
        canvas.saveState()
        canvas.setFont("Helvetica", 26)
        canvas.translate(80, 120)
        canvas.rotate(55)
        canvas.drawString(0, 0, "M a h ka m a h A g u n g R e p u b l ik In d o n e s ia")
        canvas.restoreState()
    elif shape.frame == "letters":
        canvas.saveState()
        canvas.setFont("Helvetica", 26)
        for place, letter in enumerate(NAME.replace(" ", "")):
            canvas.drawString(80 + 15 * place, 130 + 18 * place, letter)
        canvas.restoreState()


def _over(canvas: Canvas, shape: Shape, number: int) -> None:
    if not shape.frame:
        return
    wide = WIDTH if not (shape.drawn_turned and shape.rotated in {90, 270}) else HEIGHT
    top = _top(shape) + 80
    canvas.setFillGray(0)
    canvas.setFont("Helvetica", 13)
    canvas.drawCentredString(wide / 2, top, "Direktori Putusan Mahkamah Agung Republik Indonesia")
    canvas.setFont("Helvetica", 9)
    canvas.drawCentredString(wide / 2, top - 14, "putusan3.mahkamahagung.go.id")
    canvas.setFont("Helvetica", 5)
    for place, line in enumerate(DISCLAIMER):
        canvas.drawString(60, 60 - 6 * place, line)
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(wide - 60, 24, f"Halaman {number}")
    if shape.copy_mark:
        canvas.drawString(wide - 60, _top(shape) - 5 * LEADING, "SALINAN")


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of objects as they are, the first of which is the catalogue."""
    file, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return bytes(file) + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )


def stream(content: bytes, about: bytes = b"") -> bytes:
    """An object with a content."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about, len(content), content)


def print_two_columns() -> bytes:
    """A page whose lines stand in two columns, each numbered."""
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(60, 800, "P U T U S A N Nomor 12/Pid.B/2014/PN Cth demi keadilan berdasarkan Ketuhanan")
    for place in range(12):
        canvas.drawString(60, 770 - 14 * place, f"kolom kiri baris {place} yang panjang sekali")
        canvas.drawString(320, 770 - 14 * place, f"kolom kanan baris {place} yang panjang juga")
    canvas.save()
    return file.getvalue()
