"""`python -m fondasi`."""

from fondasi.cli import main

main()
