"""Small torch modules for what torch.nn has no single class for.

Kinds name them in their `target`; exported scripts carry their text, so each file stands by itself:
it imports torch and the standard library alone.
"""
