"""The embedded runtime: instances are processes of this machine, a small router leads to them.

``runtime.ProcessRuntime`` is the door. Nothing is imported here, because the router is a process
of its own that should not carry what only the bot needs.
"""
