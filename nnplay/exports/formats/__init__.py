"""The formats of exports, one in each module; importing one registers it.

They are imported with the window and the command line, so what takes long is imported by the
functions themselves.
"""
