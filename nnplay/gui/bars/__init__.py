"""The bars and menus around the views: transport, notices, lessons, examples."""
