"""The coding screens in a web browser on this computer, through textual-serve.

Nothing is imported here: `coder.serve.driver` is loaded by every visitor's process, which needs no web
server.
"""
