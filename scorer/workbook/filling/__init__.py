"""A user's own workbook, filled without loss: cells of one sheet change, every other part is copied as it is.

A workbook is a zip archive of parts (ECMA-376). Nothing here loads it into a model of its own and writes that
model back, because whatever the model does not know would be lost. Only bytes that must change are changed.
"""
