"""A fictitious decision for the tests of readers."""

from __future__ import annotations

import pytest

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


@pytest.fixture(scope="session")
def criminal_text():
    """A short criminal decision of first instance, as printed, with all eleven sections."""
    return CRIMINAL


@pytest.fixture(scope="session")
def criminal_sections():
    """The names of its sections, in order."""
    return [
        "kepala_putusan",
        "identitas",
        "riwayat_penahanan",
        "riwayat_perkara",
        "riwayat_tuntutan",
        "riwayat_dakwaan",
        "fakta",
        "fakta_hukum",
        "pertimbangan_hukum",
        "amar_putusan",
        "penutup",
    ]
