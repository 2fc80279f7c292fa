"""The commands of the platform itself, one module each: `fondasi.cli` imports the one that was asked for."""
