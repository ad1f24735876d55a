"""Small torch modules for what torch.nn has no class for.

Kinds name them in their `target`, and exported scripts contain their source. So each file imports
nothing but torch and the standard library.
"""
