"""The panels of the window: one class in one file each, which also opens by itself.

A new file with a class under `@panel` is all that it takes: the window reads the registry, gives
the panel its place, asks the training for the payloads it wants and hands it what there is to show.
`nnplay.gui.panel.panel.Panel` lists the calls.

The modules are imported before the window is first painted, so what a panel draws with is
imported when it is built.
"""
