from fondasi.module import Module

module = Module(name="courtsight", migrations="courtsight.migrations")
