"""What views ask a network in training: one probe a question, one file a probe.

Views import payloads from these modules, so none of them imports torch when it is imported.
"""
