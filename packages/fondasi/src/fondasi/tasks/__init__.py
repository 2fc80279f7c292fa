from fondasi.module import Module

module = Module(name="tasks")
